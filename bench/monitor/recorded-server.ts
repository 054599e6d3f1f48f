/** What a server answered to each statement, as the bytes of the protocol, and how it greeted. */
export interface RecordedServer {
  /** The greeting packet, base64. */
  readonly greeting: string;
  /** Reply by statement text, base64: whole packets, numbered from 1 as after every command. */
  readonly replies: Readonly<Record<string, string>>;
  /** When it was recorded, ms since the epoch: times in the replies count from here. */
  readonly atMs: number;
}

/** Where the servers of one cluster of stand-ins listen, the primary first. */
export type StandInCluster = readonly number[];

const isoTime = /(?<!\d)20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}/g;
const unixTime = /(?<!\d)1\d{9}\.\d{6}(?!\d)/g;

/** The reply as it would be `laterMs` after it was recorded: every time in it has gone on, nothing else has changed its length. */
export function moveTimes(reply: Buffer, laterMs: number): Buffer {
  const text = reply.toString('latin1');
  return Buffer.from(
    text
      .replace(isoTime, (time) => {
        const moved = new Date(Date.parse(`${time.slice(0, 23).replace(' ', 'T')}Z`) + laterMs).toISOString();
        return `${moved.slice(0, 23).replace('T', ' ')}${time.slice(23)}`;
      })
      .replace(unixTime, (time) => (Number(time) + laterMs / 1000).toFixed(6)),
    'latin1',
  );
}
