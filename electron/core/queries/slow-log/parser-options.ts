import type { HeaderLayouts } from './header-layouts';
import type { SlowLogEvent } from './slow-log-event';
import type { TextCodec } from './text-codec';

export interface SlowLogParserOptions {
  readonly codec: TextCodec;
  readonly layouts?: HeaderLayouts;
  /** Called for each statement, with one object that is filled again and again. */
  readonly onEvent: (event: SlowLogEvent) => void;
  /** Characters of one statement that are kept; the rest is counted. Default 16 MiB. */
  readonly maxStatementBytes?: number;
  /** Of the first byte given, in the source: places are told from the source's beginning. Default 0. */
  readonly startByte?: number;
  /** That the source named last before it; Latin-1. */
  readonly schema?: string;
}
