import type { CallHandlers, CallInput, StreamHandlers } from '@shared/ipc/contract';
import type { queryCalls, queryStreams } from '@shared/ipc/query.contract';
import type { Application } from '../core/application';
import { exportName, exportText, forExport } from '../core/queries/report/export-review';
import type { Desktop } from './app.handlers';

export const queryHandlers = (app: Application, desktop: Desktop): Pick<CallHandlers, keyof typeof queryCalls> => {
  const { queries } = app;
  return {
    'query.reviews': async () => queries.reviews.list(),
    'query.capture': async (input) => queries.capture(input),
    'query.cancel': async ({ jobId }) => {
      queries.jobs.cancel(jobId);
      return null;
    },
    'query.review': async ({ reviewId }) => queries.reviews.detail(reviewId),
    'query.classes': async ({ reviewId, ...query }) => queries.reviews.classes(reviewId, present(query)),
    'query.gone': async ({ reviewId }) => queries.reviews.gone(reviewId),
    'query.class': async ({ reviewId, classId }) => queries.reviews.one(reviewId, classId),
    'query.act': async ({ reviewId, classId, act }) => queries.reviews.act(reviewId, classId, act),
    'query.annotate': async ({ reviewId, atMs, text }) => {
      await queries.reviews.annotate(reviewId, { atMs, text, kind: 'deploy' });
      return null;
    },
    'query.remove': async ({ reviewId }) => {
      await queries.reviews.remove(reviewId);
      return null;
    },
    'query.explain': async (input, signal) => queries.plans.explain(input, signal),
    'query.explainRunning': async (input, signal) => queries.plans.running(input, signal),
    'query.advise': async (input, signal) => queries.plans.advise(input, signal),
    'query.removeLeftover': async ({ instanceId, ...leftover }) => ({
      gone: await queries.indexTrials.removeLeftover(instanceId, leftover),
    }),
    'query.tryIndex': async (input) => queries.indexTrials.tryIndex(input),
    'query.tryWithout': async (input) => queries.indexTrials.tryWithout(input),
    'query.tryRewrite': async (input) => queries.rewriteTrials.tryRewrite(input),
    'query.export': async (input) => exportReview(app, desktop, input),
    'query.import': async () => {
      const path = await desktop.chooseFile('Import a review');
      return path === null ? null : { reviewId: (await queries.reviews.importFrom(path)).id };
    },
    'query.importPt': async (input, signal) => queries.ptImport.takeOver(input, signal),
  };
};

export const queryStreamHandlers = (app: Application): Pick<StreamHandlers, keyof typeof queryStreams> => ({
  'query.jobs': (_input, signal) => app.queries.jobs.watch(signal),
});

type ClassQuery = Omit<CallInput<'query.classes'>, 'reviewId'>;

/** A filter that is there but undefined filters nothing: it is left out. */
const present = (query: ClassQuery): Parameters<Application['queries']['reviews']['classes']>[1] => ({
  ...query,
  filter: Object.fromEntries(Object.entries(query.filter).filter(([, value]) => value !== undefined)),
});

async function exportReview(
  app: Pick<Application, 'queries' | 'clock'>,
  desktop: Pick<Desktop, 'info' | 'choosePath' | 'save'>,
  { reviewId, format, literals }: CallInput<'query.export'>,
): Promise<{ readonly path: string } | null> {
  const whole = await app.queries.reviews.whole(reviewId);
  const { review, capture } = forExport(whole.review, whole.capture, literals);
  const name = exportName(review, format);
  if (format === 'review') {
    const path = await desktop.choosePath(name);
    if (path === null) return null;
    await app.queries.reviews.exportTo(path, review, capture);
    return { path };
  }
  const making = { atMs: app.clock.nowMs(), version: desktop.info().version };
  const path = await desktop.save(name, exportText(review, capture, format, making));
  return path === null ? null : { path };
}
