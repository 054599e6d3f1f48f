import type { CallHandlers, StreamHandlers } from '@shared/ipc/contract';
import type { operationCalls, operationStreams } from '@shared/ipc/operation.contract';
import type { Application } from '../core/application';
import { latest } from '../core/latest';
import type { Desktop } from './app.handlers';
import { exportReport } from './export-report';

export const operationHandlers = (
  app: Application,
  desktop: Desktop,
): Pick<CallHandlers, keyof typeof operationCalls> => ({
  'operation.plan': async (input, signal) => app.operations.plan(input, signal),
  'operation.approve': async (input, signal) => app.operations.approve(input, signal),
  'operation.cancel': async ({ runId }) => {
    app.operations.cancel(runId);
    return null;
  },
  'operation.killBlocker': async (input, signal) => {
    await app.operations.killBlocker(input, signal);
    return null;
  },
  'operation.look': async ({ runId }, signal) => app.operations.look(runId, signal),
  'operation.resume': async ({ runId }) => {
    await app.operations.resume(runId);
    return null;
  },
  'operation.rollBack': async ({ runId }) => {
    await app.operations.rollBack(runId);
    return null;
  },
  'operation.adopt': async ({ runId, note }) => {
    app.operations.adopt(runId, note);
    return null;
  },
  'operation.list': async ({ clusterId }) => app.operations.list(clusterId),
  'operation.report': async ({ runId }) => app.operations.report(runId),
  'operation.exportReport': async (input, signal) => exportReport(app, desktop, input, signal),
  'drill.start': async (input, signal) => app.drills.start(input, signal),
  'drill.plan': async (input, signal) => app.drills.plan(input, signal),
  'drill.list': async ({ clusterId }) => app.drills.list(clusterId),
});

/** A run changes many times a second at its busiest: the window is told at most ten times. */
const notOftenerThanMs = 100;

export const operationStreamHandlers = (app: Application): Pick<StreamHandlers, keyof typeof operationStreams> => ({
  'operation.watch': async function* ({ runId }, signal) {
    yield app.operations.view(runId);
    const changes = latest<true>(
      (push) => app.operations.onChange((changed) => changed === runId && push(true)),
      signal,
    );
    for await (const _change of changes) {
      yield app.operations.view(runId);
      await app.clock.sleep(notOftenerThanMs, signal).catch(() => undefined);
    }
  },
  'drill.watch': async function* ({ drillId }, signal) {
    yield app.drills.view(drillId);
    const changes = latest<true>((push) => app.drills.onChange((changed) => changed === drillId && push(true)), signal);
    for await (const _change of changes) {
      yield app.drills.view(drillId);
      await app.clock.sleep(notOftenerThanMs, signal).catch(() => undefined);
    }
  },
});
