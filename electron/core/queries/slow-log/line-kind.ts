import { patternOfText } from './log-pattern';
import type { LogWindow } from './log-window';

/** Lines with which a statement's header begins. */
export const timeText = '# Time:';
export const userText = '# User@Host:';
export const timeMark = patternOfText(timeText);
export const userMark = patternOfText(userText);
/** Stands in the place of a statement. */
export const adminMark = patternOfText('# administrator command:');
export const explainMark = patternOfText('# explain: ');

/** What a header's line is; `other`: attributes, or words that say nothing. */
export type LineKind = 'time' | 'user' | 'administrator' | 'plan' | 'other';

/** Most lines are attributes: one look at the third character is cheaper than four comparisons. @param at of a `#` */
export function lineKindOf(window: LogWindow, at: number): LineKind {
  switch (window.bytes[at + 2]) {
    case 84:
      return window.startsWith(timeMark, at) ? 'time' : 'other';
    case 85:
      return window.startsWith(userMark, at) ? 'user' : 'other';
    case 97:
      return window.startsWith(adminMark, at) ? 'administrator' : 'other';
    case 101:
      return window.startsWith(explainMark, at) ? 'plan' : 'other';
    default:
      return 'other';
  }
}

/** True where a statement's header begins. @param at of the start of a line */
export function isHeaderStart(window: LogWindow, at: number): boolean {
  return window.startsWith(timeMark, at) || window.startsWith(userMark, at);
}
