import type { ReactNode } from 'react';
import type { RunState, RunSummary } from '@shared/model/run';
import { useNow } from '../lib/clock';
import { formatMoment, formatMs } from '../lib/format';
import { DataGrid, type GridColumn } from './data-grid';
import { EmptyState } from './empty-state';
import { runMark, runWord } from './run-words';
import { StatusBadge } from './status-badge';

const ends = new Set<RunState>(['succeeded', 'failed', 'cancelled', 'adopted']);
const ended = (state: RunState): boolean => ends.has(state);

const columns = (nowMs: number): readonly GridColumn<RunSummary>[] => [
  {
    id: 'state',
    title: 'State',
    width: 138,
    render: (run) => <StatusBadge mark={runMark(run.state)}>{runWord(run.state)}</StatusBadge>,
  },
  { id: 'title', title: 'Operation', render: (run) => <span className="name">{run.title}</span> },
  { id: 'cluster', title: 'Cluster', width: 160, render: (run) => run.cluster },
  { id: 'run', title: 'Run', width: 190, render: (run) => <span className="mono c-t2">{run.runId}</span> },
  { id: 'by', title: 'By', width: 110, render: (run) => <span className="c-t2">{run.by}</span> },
  { id: 'gap', title: 'Write gap', width: 84, align: 'right', render: (run) => formatMs(run.writeGapMs) },
  {
    id: 'took',
    title: 'Took',
    width: 92,
    align: 'right',
    render: (run) => (run.endedAtMs === null ? 'not ended' : formatMs(run.endedAtMs - run.startedAtMs)),
  },
  { id: 'at', title: 'Started, UTC', width: 96, align: 'right', render: (run) => formatMoment(run.startedAtMs, nowMs) },
];

/** Runs of operations, the unfinished first, then the newest. */
export function RunList({
  runs,
  selected = null,
  onOpen,
  emptyText,
}: {
  readonly runs: readonly RunSummary[];
  readonly selected?: string | null;
  readonly onOpen: (run: RunSummary) => void;
  readonly emptyText: string;
}): ReactNode {
  const now = useNow();
  return (
    <DataGrid
      label="Operations"
      rows={sortRuns(runs)}
      columns={columns(now)}
      rowId={(run) => run.runId}
      selected={selected}
      onOpen={onOpen}
      rowAttributes={(run) => ({ 'data-run': run.runId, 'data-state': run.state })}
      empty={<EmptyState text={emptyText} />}
    />
  );
}

const waits = new Set<RunState>(['interrupted', 'needs-attention']);

/** Those that wait for a person first, then the unfinished, then the newest. */
export const sortRuns = (runs: readonly RunSummary[]): readonly RunSummary[] =>
  [...runs].sort(
    (a, b) =>
      Number(waits.has(b.state)) - Number(waits.has(a.state)) ||
      Number(ended(a.state)) - Number(ended(b.state)) ||
      b.startedAtMs - a.startedAtMs,
  );
