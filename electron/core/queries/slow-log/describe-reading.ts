import type { SkipReason } from '@shared/model/query-capture';
import type { SlowLogParser } from './parse-slow-log';

/** What the aggregation knows besides. */
export interface ReadingCounts {
  readonly invalidUtf8: number;
  readonly cut: number;
  readonly unwanted: number;
  readonly withoutTime: number;
  /** Of classes beyond the limit. */
  readonly othersCalls: number;
}

/** What a reader of the figures must know, in plain sentences; the most important first. */
export function describeReading(parser: SlowLogParser, counts: ReadingCounts): readonly string[] {
  const notes: string[] = [];
  const { rateLimit } = parser.header.attributes;
  const say = (times: number, sentence: (count: string) => string): void => {
    if (times > 0) notes.push(sentence(times === 1 ? '1 statement' : `${times.toLocaleString('en')} statements`));
  };
  if (parser.events === 0) notes.push(describeNothing(parser));
  say(counts.othersCalls, (n) => `${n} of classes beyond the limit are in one class, "other statements".`);
  if (rateLimit > 1) {
    const limit = rateLimit.toLocaleString('en');
    notes.push(`The server logged one of ${limit} (log_slow_rate_limit); the figures are of what was logged.`);
  }
  say(counts.unwanted, (n) => `${n} left out by the filter.`);
  say(parser.header.attributes.impossibleTimes, (n) => `${n} with an impossible time, counted with 0 seconds.`);
  say(parser.header.time.withoutZone, (n) => `${n} with a local time whose zone the log does not tell, read as UTC.`);
  say(counts.withoutTime, (n) => `${n} without a time.`);
  say(counts.cut, (n) => `${n} whose text is not whole: the log breaks off, or it is longer than 16 MiB.`);
  say(counts.invalidUtf8, (n) => `${n} that ${n.startsWith('1 ') ? 'is' : 'are'} not valid UTF-8.`);
  if (parser.inheritedSchemas > 0)
    notes.push(
      'This log names a schema only when it changes: a statement of a session without a schema counts to the one before.',
    );
  return notes;
}

const nothings: Readonly<Partial<Record<SkipReason, string>>> = {
  binary: 'This is a binary file, not a slow log: nothing was read.',
  'general-log': 'This is a general query log, which has no times: nothing was read.',
  banner: 'The server opened this log and wrote no statement into it.',
  'no-query': 'There are headers of statements, but no statement.',
  'ends-mid-event': 'The log ends in the header of its first statement.',
};

function describeNothing(parser: SlowLogParser): string {
  const { bytesRead, skipped } = parser;
  if (bytesRead === 0) return 'The file is empty.';
  const other = skipped.find(({ reason }) => reason !== 'banner') ?? skipped[0];
  return (other && nothings[other.reason]) ?? 'This is not a slow log: it has no header of a statement.';
}
