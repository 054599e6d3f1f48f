import { Button, Modal, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
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
  const [schema, setSchema] = useState('percona_schema');
  const [said, setSaid] = useState<string | null>(null);
  const take = useAct('query.importPt', { refresh: ['query.review', 'query.classes', 'query.class'] });
  const named = schema.trim();
  return (
    <form
      className="col"
      style={{ gap: 10 }}
      aria-label="Notes of pt-query-digest"
      onSubmit={(event) => {
        event.preventDefault();
        if (instanceId === null || named === '' || take.busy) return;
        setSaid(null);
        take.run({ reviewId, instanceId, schema: named }, (taken) => setSaid(taken.sentence));
      }}
    >
      <span className="label">
        Reads its tables query_review and query_history there and changes nothing on the server. Comments become notes.
        What somebody reviewed there and nobody touched here becomes accepted: pt-query-digest hides it for ever,
        Midwatch opens it again when it regresses. A second run adds only what is new.
      </span>
      <InstancePick wide value={instanceId} onChange={setInstanceId} />
      <TextInput
        label="Schema"
        description="The D= of its --review and --history"
        maxLength={64}
        value={schema}
        onChange={(event) => setSchema(event.currentTarget.value)}
      />
      {take.error && <ErrorCard error={take.error} />}
      {said !== null && (
        <div role="status" data-testid="pt-taken-over">
          {said}
        </div>
      )}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>
          {said === null ? 'Cancel' : 'Close'}
        </Button>
        {/* Never disabled by its own work: a disabled button loses the focus, and Escape would then leave the page behind. */}
        <Button type="submit" disabled={instanceId === null || named === ''} aria-busy={take.busy}>
          {take.busy ? 'Reading its tables…' : 'Take over the notes'}
        </Button>
      </div>
    </form>
  );
}
