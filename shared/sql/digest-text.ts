/**
 * A server's DIGEST_TEXT as a statement that has the same fingerprint as the statements that it stands for: plain names
 * without backticks, a list (`(...)`) as a list of two. A text that the server cut stays cut.
 */
export const statementOfDigestText = (text: string): string =>
  text
    .replace(/\.\.\.$/, '')
    .replaceAll(/`([A-Za-z_][\w$]*)`/g, '$1')
    .replaceAll('(...)', '(?, ?)')
    .replaceAll(/@@(\w+) \. /g, '@@$1.');
