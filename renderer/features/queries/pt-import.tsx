import { Button, Modal, TextInput, type TextInputProps } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { useAct } from '../../lib/queries';
import { ErrorCard } from '../../ui/error-card';
import { InstancePick } from './instance-pick';

/** Takes over what people said in pt-query-digest's tables on some server of the fleet. */
export function PtImport({
  reviewId,
  opened,
  onClose,
}: {
  readonly reviewId: string;
  readonly opened: boolean;
  readonly onClose: () => void;
}): ReactNode {
  return (
    <Modal opened={opened} onClose={onClose} title="Notes of pt-query-digest" size={520}>
      {/* Unmounted when it closes: the answer of an earlier visit is never shown. */}
      <PtImportForm reviewId={reviewId} onClose={onClose} />
    </Modal>
  );
}

function PtImportForm({ reviewId, onClose }: { readonly reviewId: string; readonly onClose: () => void }): ReactNode {
  const [instanceId, setInstanceId] = useState<string | null>(null);
  const [names, setNames] = useState({
    schema: 'percona_schema',
    reviewTable: 'query_review',
    historySchema: '',
    historyTable: '',
  });
  const [said, setSaid] = useState<string | null>(null);
  const take = useAct('query.importPt', { refresh: ['query.review', 'query.classes', 'query.class'] });
  const { stop } = take;
  // A box that is closed leaves nothing running behind it.
  useEffect(() => stop, [stop]);
  const order = {
    schema: names.schema.trim(),
    reviewTable: names.reviewTable.trim(),
    ...(names.historySchema.trim() === '' ? {} : { historySchema: names.historySchema.trim() }),
    ...(names.historyTable.trim() === '' ? {} : { historyTable: names.historyTable.trim() }),
  };
  const isNamed = order.schema !== '' && order.reviewTable !== '';
  const field = (key: keyof typeof names): Pick<TextInputProps, 'maxLength' | 'value' | 'onChange'> => ({
    maxLength: 64,
    value: names[key],
    onChange: (event) => setNames({ ...names, [key]: event.currentTarget.value }),
  });
  return (
    <form
      className="col"
      style={{ gap: 10 }}
      aria-label="Notes of pt-query-digest"
      onSubmit={(event) => {
        event.preventDefault();
        if (instanceId === null || !isNamed || take.busy) return;
        setSaid(null);
        take.run({ reviewId, instanceId, ...order }, (taken) => setSaid(taken.sentence));
      }}
    >
      <span className="label">
        Reads its review and history tables there and changes nothing on the server. Comments become notes. What
        somebody reviewed there and nobody touched here becomes accepted: pt-query-digest hides it for ever, Midwatch
        opens it again when it regresses. A second run adds only what is new.
      </span>
      <InstancePick wide value={instanceId} onChange={setInstanceId} />
      <div className="row">
        <TextInput className="grow" label="Schema" description="D= of its --review" {...field('schema')} />
        <TextInput className="grow" label="Review table" description="t= of its --review" {...field('reviewTable')} />
      </div>
      <div className="row">
        <TextInput
          className="grow"
          label="Schema of the history"
          description="D= of its --history"
          placeholder="the same"
          {...field('historySchema')}
        />
        <TextInput
          className="grow"
          label="History table"
          description="t= of its --history"
          placeholder="query_history, or its older name"
          {...field('historyTable')}
        />
      </div>
      {take.error?.code === 'cancelled' && <div role="status">Stopped: nothing was taken over.</div>}
      {take.error && take.error.code !== 'cancelled' && <ErrorCard error={take.error} />}
      {said !== null && (
        <div role="status" data-testid="pt-taken-over">
          {said}
        </div>
      )}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={take.busy ? stop : onClose}>
          {take.busy ? 'Stop' : said === null ? 'Cancel' : 'Close'}
        </Button>
        {/* Never disabled by its own work: a disabled button loses the focus, and Escape would then leave the page behind. */}
        <Button type="submit" disabled={instanceId === null || !isNamed} aria-busy={take.busy}>
          {take.busy ? 'Reading its tables…' : 'Take over the notes'}
        </Button>
      </div>
    </form>
  );
}
