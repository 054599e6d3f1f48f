import type { Plan } from '@shared/model/plan';
import { openSqliteStore } from './sqlite-store';

// Started by sqlite-store.test.ts: acknowledges each journal entry on standard output until it is killed.
const store = openSqliteStore({ folder: process.argv[2] ?? '', clock: { nowMs: Date.now } });
const runId = 'r1';
if (!store.journal.run(runId)) {
  const plan = { id: 'p1', clusterId: 'c1', impact: {} } as Plan;
  store.journal.createRun({ runId, plan, by: 'ann', reason: 'test', startedAtMs: 1, state: 'running' });
}
for (;;) {
  const { seq } = store.journal.append({ atMs: 1, runId, stepId: 's1', type: 'note', text: 'x'.repeat(300), data: {} });
  process.stdout.write(`${seq}\n`);
}
