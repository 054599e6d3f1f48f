import { memo, type ReactNode } from 'react';
import type { EntryType, JournalEntry } from '@shared/model/run';
import { formatExactClock } from '../../lib/format';
import { Panel } from '../../ui/panel';

const mostLines = 300;

const tones: Readonly<Partial<Record<EntryType, string>>> = {
  intent: 'c-run',
  'undo-intent': 'c-run',
  verified: 'c-ok',
  failed: 'c-act',
  'undo-failed': 'c-act',
  unknown: 'c-watch',
  cancelled: 'c-watch',
};

/** The journal, newest first: each intent is on disk before its statement is sent. */
export const JournalPanel = memo(function JournalPanel({
  journal,
  runId,
}: {
  readonly journal: readonly JournalEntry[];
  readonly runId: string;
}): ReactNode {
  const newest = journal.slice(-mostLines).reverse();
  return (
    <Panel
      flush
      className="grow"
      title="Journal"
      note="on disk before each statement"
      right={<span className="mono">{runId}</span>}
    >
      <div className="scroll" role="log" aria-label="Journal" tabIndex={0}>
        {newest.map((entry) => (
          <div key={entry.seq} className="journal-line mono" data-entry={entry.type}>
            <span className="c-t3 num">{entry.seq}</span>
            <span className="c-t3">{formatExactClock(entry.atMs)}</span>
            <span className={tones[entry.type] ?? 'c-t2'}>{entry.type}</span>
            <span className="ellipsis" title={entry.text}>
              {entry.text}
            </span>
          </div>
        ))}
      </div>
    </Panel>
  );
});
