import type { CallHandlers } from '@shared/ipc/contract';
import type { queryCalls } from '@shared/ipc/query.contract';

const none = async (): Promise<never> => {
  throw new Error('The development window has no reviews');
};

/** The development window shows the part as it is before the first capture. */
export const demoQueries: Pick<CallHandlers, keyof typeof queryCalls> = {
  'query.reviews': async () => ({ reviews: [], problems: [] }),
  'query.capture': none,
  'query.cancel': async () => null,
  'query.review': none,
  'query.classes': none,
  'query.gone': async () => [],
  'query.class': none,
  'query.act': none,
  'query.annotate': async () => null,
  'query.remove': async () => null,
  'query.explain': none,
  'query.explainRunning': none,
  'query.advise': none,
  'query.removeLeftover': none,
  'query.tryIndex': none,
  'query.tryWithout': none,
  'query.tryRewrite': none,
  'query.export': async () => null,
  'query.import': async () => null,
  'query.importPt': none,
};
