import type { SkipReason } from '@shared/model/query-capture';

/** `2024-05-01T12:00:00.123456Z	   12 Query	SELECT 1`, `071015 21:43:52	      1 Connect	…` or, in the same second, only the id. */
const generalLine =
  /^(?:\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)|\d{6} +\d{1,2}:\d\d:\d\d|)[\t ]+\d+ (?:Query|Connect|Quit|Init DB|Prepare|Execute|Close stmt|Reset stmt|Field List|Statistics|Ping|Change user|Binlog Dump|Register Slave|Connect Out|Refresh|Shutdown|Daemon)\b/m;

/**
 * What text is that holds no header of a slow log.
 *
 * @param sample its beginning, Latin-1
 * @param isBeforeFirst true: headers follow, so it may be the end of a statement whose beginning is elsewhere
 */
export function judgeOtherText(sample: string, isBeforeFirst: boolean): SkipReason {
  if (isBinary(sample)) return 'binary';
  if (generalLine.test(sample)) return 'general-log';
  return isBeforeFirst ? 'starts-mid-event' : 'not-a-slow-log';
}

/** Control characters that no text has. Bytes above 127 prove nothing: a log is written in the clients' characters. */
function isBinary(sample: string): boolean {
  let odd = 0;
  for (let index = 0; index < sample.length; index++) {
    const code = sample.charCodeAt(index);
    if (code === 0) odd += 4;
    else if (code < 32 && code !== 9 && code !== 10 && code !== 13) odd++;
  }
  return odd > 0 && odd * 20 >= sample.length;
}
