import fs from 'node:fs';
import { MidwatchError } from '@shared/errors';
import type { Capture } from '@shared/model/query-capture';
import type { Review } from '@shared/model/query-review';
import type { Application } from '../core/application';
import { exportText, forExport } from '../core/queries/report/export-review';
import { readNumber, requireChoice, requireCluster, requireText, textOf } from './arguments';
import { exitCodes, type Command, type CommandInput, type Outcome } from './command';
import { useSecretsOfEnvironment } from './first-look';
import { captureText } from './query-text';
import { runningPlanText, withoutValues } from './running-plan-text';
import { table } from './table';

type Options = CommandInput['options'];

/** A moment as ISO 8601; without a zone it is UTC. @throws MidwatchError `invalid-input` */
function readMoment(value: Options[string], name: string): number | undefined {
  if (value === undefined) return undefined;
  const text = String(value);
  const parsed = Date.parse(/(z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text.replace(' ', 'T')}Z`);
  if (!Number.isNaN(parsed)) return parsed;
  throw new MidwatchError('invalid-input', `${name} ${text} is no moment`, {
    nextStep: `${name} 2026-11-22T03:00:00, in UTC`,
  });
}

/** A review that nobody keeps, for what is made from a capture alone. */
const unkept = (capture: Capture, title: string, by: string): Review => ({
  id: 'unkept',
  title,
  clusterName: '',
  createdAtMs: capture.takenAtMs,
  createdBy: by,
  redacted: false,
  captureId: capture.id,
  sourceKinds: [],
  previousReviewId: null,
  items: {},
  comparisons: {},
  annotations: [],
});

/** Prints, or writes where --out says. */
function handOver(data: unknown, text: string, options: Options): Outcome {
  const out = textOf(options['out']);
  if (out === '') return { data, text };
  fs.writeFileSync(out, text, { mode: 0o600 });
  return { data: { path: out }, text: `Written to ${out}` };
}

const digest: Command = async ({ app, words, options, signal, version }) => {
  const [fromMs, toMs] = [readMoment(options['since'], '--since'), readMoment(options['until'], '--until')];
  if (words.length === 0) requireText(undefined, 'FILE');
  const { capture: whole } = await app.queries.logs.capture(
    {
      kind: 'files',
      paths: [...words],
      clusterName: '',
      ...(fromMs === undefined ? {} : { fromMs }),
      ...(toMs === undefined ? {} : { toMs }),
    },
    () => undefined,
    signal,
  );
  const { review, capture } = forExport(unkept(whole, words.join(', '), app.user), whole, options['literals'] === true);
  const making = { atMs: app.clock.nowMs(), version };
  return handOver(
    capture,
    options['html'] === true ? exportText(review, capture, 'html', making) : captureText(capture, null),
    options,
  );
};

/** The instance that is asked, with the secrets of the environment: by name, else the first of the inventory. */
function instanceOf(app: Application, options: Options): string {
  useSecretsOfEnvironment(app);
  const cluster = requireCluster(app, options['cluster']);
  const name = textOf(options['instance']);
  const found = name === '' ? cluster.instances[0] : cluster.instances.find((one) => one.name === name);
  if (found) return found.id;
  throw new MidwatchError('not-found', `${cluster.name} has no instance ${name}`, {
    nextStep: cluster.instances.map((one) => one.name).join(', '),
  });
}

const secondsOf = (options: Options): number =>
  readNumber(options['seconds'], '--seconds', { from: 0, to: 86_400 }) ?? 0;

const top: Command = async ({ app, options, signal }) => {
  const { capture } = await app.queries.captures.fromServer(
    { kind: 'digests', instanceId: instanceOf(app, options), seconds: secondsOf(options) },
    () => undefined,
    signal,
  );
  const shown = forExport(unkept(capture, '', app.user), capture, options['literals'] === true).capture;
  return { data: shown, text: captureText(shown, null) };
};

/** The plan of what one session runs now. A session is of one instance, so that must be named. */
const plan: Command = async ({ app, options, signal }) => {
  requireText(options['instance'], '--instance');
  const sessionId = readNumber(requireText(options['connection'], '--connection'), '--connection', {
    from: 1,
    to: Number.MAX_SAFE_INTEGER,
  });
  const running = await app.queries.plans.running(
    { instanceId: instanceOf(app, options), sessionId: sessionId ?? 0 },
    signal,
  );
  const shown = options['literals'] === true ? running : withoutValues(running);
  return {
    data: shown,
    text: runningPlanText(shown),
    ...(shown.explained.kind === 'plan' ? {} : { code: exitCodes.failed }),
  };
};

const reviewList = async ({ app }: CommandInput): Promise<Outcome> => {
  const { reviews, problems } = await app.queries.reviews.list();
  const rows = reviews.map((one) => [
    one.id,
    one.title,
    one.clusterName,
    new Date(one.createdAtMs).toISOString().slice(0, 16).replace('T', ' '),
    String(one.classes),
    `${one.states.decided} decided, ${one.states.done} done, ${one.states.reopened} reopened`,
  ]);
  const text =
    rows.length === 0
      ? 'No review yet: midwatch queries review capture --cluster NAME'
      : table(['Review', 'Title', 'Cluster', 'Captured, UTC', 'Classes', 'States'], rows);
  return { data: { reviews, problems }, text: [text, ...problems].join('\n') };
};

const reviewCapture = async ({ app, options, signal }: CommandInput): Promise<Outcome> => {
  const instanceId = instanceOf(app, options);
  const title =
    textOf(options['title']) ||
    `${textOf(options['cluster'])} ${new Date(app.clock.nowMs()).toISOString().slice(0, 10)}`;
  const job = app.queries.capture({
    title,
    source: { kind: 'digests', instanceId, seconds: secondsOf(options) },
  });
  signal.addEventListener('abort', () => app.queries.jobs.cancel(job.id), { once: true });
  const ended = await app.queries.jobs.ended(job.id);
  if (ended?.error) {
    throw new MidwatchError(ended.error.code, ended.error.message, { nextStep: ended.error.nextStep });
  }
  if (ended?.state !== 'done') throw new MidwatchError('cancelled', 'Cancelled: no review was made');
  return { data: ended, text: `Review ${ended.reviewId ?? ''}: ${title}` };
};

const reviewShow = async ({ app, words }: CommandInput): Promise<Outcome> => {
  const { review, capture } = await app.queries.reviews.whole(requireText(words[1], 'REVIEW'));
  const shown = forExport(review, capture, false);
  return { data: shown, text: `${review.title}\n${captureText(shown.capture, review)}` };
};

const reviewExport = async ({ app, words, options, version }: CommandInput): Promise<Outcome> => {
  const whole = await app.queries.reviews.whole(requireText(words[1], 'REVIEW'));
  const format = requireChoice(options['format'], '--format', ['html', 'markdown', 'json', 'review', 'pt-tables']);
  const { review, capture } = forExport(whole.review, whole.capture, options['literals'] === true);
  if (format === 'review') {
    const path = requireText(options['out'], '--out');
    await app.queries.reviews.exportTo(path, review, capture);
    return { data: { path }, text: `Written to ${path}` };
  }
  return handOver(
    { review, capture },
    exportText(review, capture, format, { atMs: app.clock.nowMs(), version }),
    options,
  );
};

const reviewImport = async ({ app, words }: CommandInput): Promise<Outcome> => {
  const review = await app.queries.reviews.importFrom(requireText(words[1], 'FILE'));
  return { data: { reviewId: review.id }, text: `Review ${review.id}: ${review.title}` };
};

/** A part of an order only where it was given. */
const given = <Key extends string>(key: Key, value: Options[string]): Partial<Record<Key, string>> =>
  textOf(value) === '' ? {} : ({ [key]: textOf(value) } as Partial<Record<Key, string>>);

const reviewImportPt = async ({ app, words, options, signal }: CommandInput): Promise<Outcome> => {
  const taken = await app.queries.ptImport.takeOver(
    {
      reviewId: requireText(words[1], 'REVIEW'),
      instanceId: instanceOf(app, options),
      schema: textOf(options['schema']) || 'percona_schema',
      ...given('reviewTable', options['review-table']),
      ...given('historySchema', options['history-schema']),
      ...given('historyTable', options['history-table']),
    },
    signal,
  );
  return { data: taken, text: taken.sentence };
};

const reviewVerbs = {
  list: reviewList,
  capture: reviewCapture,
  show: reviewShow,
  export: reviewExport,
  import: reviewImport,
  'import-pt': reviewImportPt,
} as const;

const review: Command = async (input) => {
  const verbs = Object.keys(reviewVerbs) as (keyof typeof reviewVerbs)[];
  return reviewVerbs[requireChoice(input.words[0], 'queries review', verbs)](input);
};

export const queryCommands: Readonly<Record<string, Command>> = {
  'queries digest': digest,
  'queries top': top,
  'queries plan': plan,
  'queries review': review,
};
