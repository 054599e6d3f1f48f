import { Button, Modal, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useAct } from '../../lib/queries';
import { ErrorCard } from '../../ui/error-card';

const isoOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');

/** The moment in UTC as typed; null while it is none. */
export const readMoment = (text: string): number | null => {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?$/.test(text.trim())) return null;
  const parsed = Date.parse(`${text.trim().replace(' ', 'T')}Z`);
  return Number.isNaN(parsed) ? null : parsed;
};

/** Marks a deploy or another moment inside the capture's window. */
export function MarkDeploy({
  reviewId,
  fromMs,
  open,
  onClose,
}: {
  readonly reviewId: string;
  readonly fromMs: number | null;
  readonly open: boolean;
  readonly onClose: () => void;
}): ReactNode {
  const [at, setAt] = useState(isoOf(fromMs ?? 0));
  const [text, setText] = useState('');
  const mark = useAct('query.annotate', { refresh: ['query.review'], done: () => 'Marked' });
  const atMs = readMoment(at);
  return (
    <Modal opened={open} onClose={onClose} title="Mark a deploy" size={400}>
      <form
        className="col"
        style={{ gap: 10 }}
        onSubmit={(event) => {
          event.preventDefault();
          if (atMs !== null && text.trim() !== '') mark.run({ reviewId, atMs, text: text.trim() }, onClose);
        }}
      >
        <TextInput
          label="When, UTC"
          value={at}
          error={atMs === null ? 'as 2026-11-22 14:30' : null}
          onChange={(event) => setAt(event.currentTarget.value)}
        />
        <TextInput
          label="What"
          placeholder="orders 4.12 deployed"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" disabled={atMs === null || text.trim() === ''} loading={mark.busy}>
          Mark it in every chart
        </Button>
        {mark.error && <ErrorCard error={mark.error} />}
      </form>
    </Modal>
  );
}
