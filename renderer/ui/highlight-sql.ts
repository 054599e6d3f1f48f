export type SqlPartKind = 'keyword' | 'text' | 'number' | 'comment' | 'place' | 'plain';

export interface SqlPart {
  readonly kind: SqlPartKind;
  readonly text: string;
}

const keywords = new Set(
  (
    'ADD ALGORITHM ALL ALTER AND AS ASC BEGIN BETWEEN BY CHANGE CHANNEL COMMIT CONNECTION CREATE DEFAULT DELETE DESC DISTINCT DROP ' +
    'EXISTS EXPLAIN FLUSH FOR FROM GLOBAL GRANT GROUP HAVING IF IN INDEX INNER INSERT INTO IS JOIN KEY KILL LEFT LIKE LIMIT LOCK ' +
    'LOGS MASTER NOT NULL OFF ON OR ORDER PERSIST PRIMARY PRIVILEGES QUERY READ REPLACE REPLICA REPLICAS REPLICATION RESET REVOKE RIGHT ' +
    'ROLLBACK SELECT SESSION SET SHOW SLAVE SOURCE START STATUS STOP TABLE TABLES TO TRANSACTION UNION UNLOCK UPDATE USING VALUES ' +
    'WHERE WITH WRITE'
  ).split(' '),
);

const token =
  /(?<comment>--(?=\s|$)[^\n]*|#[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<text>'(?:[^'\\]|\\.|'')*'?|"(?:[^"\\]|\\.|"")*"?)|(?<quoted>`[^`]*`?)|(?<place>:[a-z_]\w*)|(?<word>@{0,2}[A-Za-z_$][\w$]*)|(?<number>\d[\d_.]*)|(?<plain>[\s\S])/gy;

/** Splits SQL for colouring only: it never fails, whatever the text, and the parts put together are the text again. */
export function highlightSql(sql: string): readonly SqlPart[] {
  const parts: { kind: SqlPartKind; text: string }[] = [];
  for (const match of sql.matchAll(token)) {
    const kind = kindOf(match.groups ?? {});
    const last = parts.at(-1);
    if (last?.kind === kind) last.text += match[0];
    else parts.push({ kind, text: match[0] });
  }
  return parts;
}

function kindOf(groups: Readonly<Record<string, string | undefined>>): SqlPartKind {
  if (groups.comment !== undefined) return 'comment';
  if (groups.text !== undefined) return 'text';
  if (groups.place !== undefined) return 'place';
  if (groups.number !== undefined) return 'number';
  return groups.word !== undefined && keywords.has(groups.word.toUpperCase()) ? 'keyword' : 'plain';
}
