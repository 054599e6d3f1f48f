import type { Capture } from '@shared/model/query-capture';
import type { Review } from '@shared/model/query-review';
import {
  attributeHeads,
  attributeRow,
  attributesOf,
  countText,
  coverageTexts,
  gainText,
  itemOf,
  momentText,
  reported,
  sampleText,
  secondsOf,
  shareText,
  stateWords,
  timeText,
} from './report-figures';

/** A cell of a table: no line break, no bar. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0 ? [] : [row(heads), row(heads.map(() => '---')), ...rows.map(row), ''];

/** A fence longer than any run of backticks in the text, so that nothing leaves it. */
const code = (text: string, language: string): readonly string[] => {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((found) => found[0].length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, text, fence, ''];
};

/** The review as Markdown, for a ticket or a wiki: the decisions first, then the classes with their figures. */
export function reviewMarkdown(review: Review, capture: Capture): string {
  const all = capture.metrics['Query_time']?.total ?? 0;
  const known = new Map(capture.classes.map((one) => [one.id, one]));
  const classes = reported(capture, review);
  const decided = Object.values(review.items).filter((item) => item.decision !== null || item.state !== 'new');
  return [
    `# ${review.title}`,
    '',
    `${review.clusterName} ${momentText(capture.fromMs)} to ${momentText(capture.toMs)}, captured by ${review.createdBy}`,
    '',
    ...coverageTexts(capture.coverage, capture.calls).map((sentence) => `- ${sentence}`),
    '',
    ...(decided.length === 0 ? [] : ['## Decisions', '']),
    ...table(
      ['State', 'Statement class', 'Owner', 'Decision', 'Predicted', 'Realised'],
      decided.map((item) => [
        stateWords[item.state],
        known.get(item.classId)?.fingerprint.slice(0, 160) ?? item.classId,
        item.owner,
        item.decision === null ? (item.notes.at(-1)?.text ?? '') : `${item.decision.kind}: ${item.decision.change}`,
        item.decision?.prediction ? gainText(item.decision.prediction.secondsPerCall) : '–',
        item.realised === null ? item.reopenedBecause || '–' : gainText(item.realised.secondsPerCall),
      ]),
    ),
    '## Profile',
    '',
    ...table(
      ['Rank', 'Query id', 'Response time', '%', 'Calls', 'R/call', 'p95', 'Item'],
      classes.map((one) => [
        String(capture.classes.indexOf(one) + 1),
        `0x${one.ptChecksum.slice(-16)}`,
        timeText(secondsOf(one)),
        shareText(secondsOf(one), all),
        countText(one.calls),
        timeText(one.calls > 0 ? secondsOf(one) / one.calls : null),
        timeText(one.metrics['Query_time']?.p95 ?? null),
        `${one.verb.toUpperCase()} ${one.tables.slice(0, 3).join(' ')}`,
      ]),
    ),
    ...classes.flatMap((one) => {
      const item = itemOf(review, one.id);
      return [
        `## Class ${capture.classes.indexOf(one) + 1}: ${one.verb} ${one.tables.slice(0, 3).join(', ')}`,
        '',
        ...code(one.fingerprint.slice(0, 4000), 'sql'),
        ...table(
          attributeHeads,
          attributesOf(one.metrics).told.map(([name, own]) => attributeRow(name, own, capture.metrics[name])),
        ),
        ...one.samples.slice(0, 1).map((sample) => `- Sample: ${sampleText(sample)}`),
        ...(item?.notes ?? []).map((note) => `- ${note.by}, ${momentText(note.atMs)}: ${note.text}`),
        '',
      ];
    }),
  ].join('\n');
}
