/** Lines with which a statement's header begins. */
export const timeMark = '# Time:';
export const userMark = '# User@Host:';
/** Stands in the place of a statement. */
export const adminMark = '# administrator command:';
export const explainMark = '# explain: ';

/** What a header's line is; `other`: attributes, or words that say nothing. */
export type LineKind = 'time' | 'user' | 'administrator' | 'plan' | 'other';

/** @param at of a `#` at the start of a line */
export function lineKindOf(text: string, at: number): LineKind {
  switch (text.charCodeAt(at + 2)) {
    case 84:
      return text.startsWith(timeMark, at) ? 'time' : 'other';
    case 85:
      return text.startsWith(userMark, at) ? 'user' : 'other';
    case 97:
      return text.startsWith(adminMark, at) ? 'administrator' : 'other';
    case 101:
      return text.startsWith(explainMark, at) ? 'plan' : 'other';
    default:
      return 'other';
  }
}
