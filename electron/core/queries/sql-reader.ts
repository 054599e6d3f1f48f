import { commentTagsOf } from '@shared/sql/comment-tags';
import { classIdOf } from '@shared/sql/class-id';
import { fingerprint } from '@shared/sql/fingerprint';
import { ptChecksumOf, ptFingerprint } from '@shared/sql/pt-fingerprint';
import { tablesOf } from '@shared/sql/tables';
import { verbOf } from '@shared/sql/verb';
import type { StatementReader } from './aggregate/statement-reader';

/** Tags by which frameworks name the program, the surest first. */
const applicationTags = ['application', 'app', 'program_name', 'service', 'application_name'];

/** Reads statements with our own tokenizer. @param md5Hex of UTF-8 text, in hexadecimal digits: for pt-query-digest's ids */
export const sqlReader = (md5Hex: (text: string) => string): StatementReader => ({
  fingerprint,
  classIdOf,
  ptChecksumOf: (sql) => ptChecksumOf(ptFingerprint(sql), md5Hex),
  tablesOf,
  verbOf,
  applicationOf: (sql) => {
    const tags = commentTagsOf(sql);
    return applicationTags.map((name) => tags.get(name)).find((value) => value !== undefined) ?? '';
  },
});
