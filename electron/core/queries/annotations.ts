import type { Annotation } from '@shared/model/query-review';
import type { RunSummary } from '@shared/model/run';

/** What Midwatch itself did inside a window: a switchover explains a jump better than any statement. */
export const annotationsOf = (runs: readonly RunSummary[], fromMs: number, toMs: number): readonly Annotation[] =>
  runs
    .filter((run) => run.startedAtMs >= fromMs && run.startedAtMs <= toMs)
    .map((run) => ({ atMs: run.startedAtMs, kind: 'operation', text: `${run.title}: ${run.state}` }));
