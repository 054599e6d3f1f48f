import { MidwatchError } from '@shared/errors';
import type { Capture, StatementClass } from '@shared/model/query-capture';
import type { Review } from '@shared/model/query-review';
import { captureHeadSchema, statementClassSchema } from '@shared/model/schema/capture-schema';
import { reviewSchema } from '@shared/model/schema/review-schema';

/** What the first line of a review file says. */
export const reviewFormat = 'midwatch-review';

/** Files of a later version are refused: what they hold beyond ours would be lost without a word. */
export const reviewVersion = 1;

/**
 * A review as lines of JSON: the head with everything but the classes, then one class a line. Lines, so that a file of
 * 100,000 classes is written and read without ever standing in memory as one text.
 */
export function* reviewLines(review: Review, capture: Capture): Generator<string> {
  const { classes, ...head } = capture;
  yield JSON.stringify({
    format: reviewFormat,
    version: reviewVersion,
    classes: classes.length,
    review,
    capture: head,
  });
  for (const one of classes) yield JSON.stringify(one);
}

const invalid = (name: string, line: number, what: string): MidwatchError =>
  new MidwatchError('invalid-input', `${name} is no review of Midwatch: line ${line}: ${what}`, {
    nextStep: 'Export it again; nothing was taken over',
    details: { file: name, line },
  });

const parseLine = (text: string, name: string, line: number): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalid(name, line, 'not JSON');
  }
};

/**
 * Reads what {@link reviewLines} wrote. Every line is checked before anything of it is used: the file may come from anyone.
 * @throws MidwatchError `invalid-input` with the line and what is wrong there; `unsupported` for a later version
 */
export async function readReviewLines(
  lines: AsyncIterable<string>,
  name: string,
): Promise<{ readonly review: Review; readonly capture: Capture }> {
  let head: FileHead | null = null;
  const classes: StatementClass[] = [];
  let line = 0;
  for await (const text of lines) {
    line += 1;
    if (text === '') continue;
    const parsed = parseLine(text, name, line);
    if (head === null) {
      refuseLater(parsed, name);
      head = readHead(parsed, name);
      continue;
    }
    const checked = statementClassSchema.safeParse(parsed);
    if (!checked.success) throw invalid(name, line, placeOf(checked.error.issues[0]));
    classes.push(checked.data);
  }
  if (head === null) throw invalid(name, 1, 'the file is empty');
  if (classes.length !== head.classes) {
    throw invalid(name, line, `${classes.length} of ${head.classes} classes are there: the file is cut`);
  }
  return { review: head.review, capture: { ...head.capture, classes } };
}

interface FileHead {
  readonly classes: number;
  readonly review: Review;
  readonly capture: Omit<Capture, 'classes'>;
}

const placeOf = (issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined): string =>
  issue === undefined ? 'not as expected' : `${issue.path.map(String).join('.') || 'the line'}: ${issue.message}`;

const readHead = (parsed: unknown, name: string): FileHead => {
  if (typeof parsed !== 'object' || parsed === null || !('format' in parsed) || parsed.format !== reviewFormat) {
    throw invalid(name, 1, `it does not begin with the format ${reviewFormat}`);
  }
  const { classes, review, capture } = parsed as Record<string, unknown>;
  const checkedReview = reviewSchema.safeParse(review);
  if (!checkedReview.success) throw invalid(name, 1, `review.${placeOf(checkedReview.error.issues[0])}`);
  const checkedCapture = captureHeadSchema.safeParse(capture);
  if (!checkedCapture.success) throw invalid(name, 1, `capture.${placeOf(checkedCapture.error.issues[0])}`);
  if (typeof classes !== 'number') throw invalid(name, 1, 'classes: the number of classes is missing');
  return { classes, review: checkedReview.data, capture: checkedCapture.data };
};

const refuseLater = (parsed: unknown, name: string): void => {
  if (typeof parsed !== 'object' || parsed === null || !('version' in parsed)) return;
  if (typeof parsed.version === 'number' && parsed.version > reviewVersion) {
    throw new MidwatchError('unsupported', `${name} was written by a later Midwatch (format ${parsed.version})`, {
      nextStep: 'Install that version, or ask for the report as HTML',
      details: { file: name, version: parsed.version },
    });
  }
};
