import { assertNever } from '@shared/assert-never';
import type { Capture } from '@shared/model/query-capture';
import type { Review } from '@shared/model/query-review';
import { ptTables } from './pt-tables';
import { redactReview } from './redact-review';
import { reviewMarkdown } from './review-markdown';
import { reviewPage } from './review-page';

/** Texts into which a review is made. The fifth form, the review file, is written by the store. */
export type ReviewTextFormat = 'html' | 'markdown' | 'json' | 'pt-tables';

const endings: Readonly<Record<ReviewTextFormat | 'review', string>> = {
  html: 'html',
  markdown: 'md',
  json: 'json',
  review: 'midwatch-review',
  'pt-tables': 'sql',
};

/** A file name from the title: letters and digits of any script, the rest as dashes. */
export const exportName = (review: Review, format: ReviewTextFormat | 'review'): string =>
  `${review.title
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 80)}.${endings[format]}`;

/** What leaves this computer: without values unless they were asked for. */
export const forExport = (
  review: Review,
  capture: Capture,
  literals: boolean,
): { readonly review: Review; readonly capture: Capture } =>
  literals || review.redacted ? { review, capture } : redactReview(review, capture);

/** The text of an export. Give it what {@link forExport} let through. */
export function exportText(
  review: Review,
  capture: Capture,
  format: ReviewTextFormat,
  making: { readonly atMs: number; readonly version: string },
): string {
  switch (format) {
    case 'html':
      return reviewPage(review, capture, making);
    case 'markdown':
      return reviewMarkdown(review, capture);
    case 'json':
      return `${JSON.stringify({ midwatch: 'review', version: 1, review, capture }, null, 2)}\n`;
    case 'pt-tables':
      return ptTables(review, capture);
    default:
      return assertNever(format);
  }
}
