import { classIdOf } from '@shared/sql/class-id';
import { commentTagsOf } from '@shared/sql/comment-tags';
import { fingerprint } from '@shared/sql/fingerprint';
import { ptChecksumOf, ptFingerprint } from '@shared/sql/pt-fingerprint';
import { tablesOf } from '@shared/sql/tables';
import { verbOf } from '@shared/sql/verb';
import type { StatementReader } from './statement-reader';

/** Names under which applications sign their statements, in the order in which they are asked for. */
const applicationKeys = ['application', 'app', 'program_name', 'service', 'application_name'] as const;

/** {@link StatementReader} by our own tokenizer. @param md5Hex of a text, in lower-case hexadecimal digits */
export function sqlStatementReader(md5Hex: (text: string) => string): StatementReader {
  return {
    fingerprint,
    classIdOf,
    tablesOf,
    verbOf,
    ptChecksumOf: (sql) => ptChecksumOf(ptFingerprint(sql), md5Hex),
    applicationOf: (sql) => {
      const tags = commentTagsOf(sql);
      const key = applicationKeys.find((name) => tags.has(name));
      return key === undefined ? '' : (tags.get(key) ?? '');
    },
  };
}
