/** What the aggregation asks about statements' texts. Texts may be Latin-1 that holds UTF-8: only ASCII is looked at. */
export interface StatementReader {
  /** The statement with its literals removed: what makes two statements one class. */
  fingerprint(sql: string): string;
  /** Sixteen hexadecimal digits. @param fingerprint as above, as real text */
  classIdOf(fingerprint: string): string;
  /** As pt-query-digest computes it: 32 hexadecimal digits, upper case. */
  ptChecksumOf(sql: string): string;
  /** `schema.table` or `table`, as named. */
  tablesOf(sql: string): readonly string[];
  /** First word, lower case. */
  verbOf(sql: string): string;
  /** The application that a comment of the statement names (`program_name`, `application`); empty without. */
  applicationOf(sql: string): string;
}
