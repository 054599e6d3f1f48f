import type { Capture, CaptureSource, SkippedBytes, StatementClass } from '@shared/model/query-capture';
import { StatementAggregate, type AggregateLimits } from './aggregate/aggregate-statements';
import type { CaptureFilter } from './aggregate/capture-filter';
import { describeClass, describeOthers, metricsOf, type DescribeParts } from './aggregate/describe-class';
import type { StatementReader } from './aggregate/statement-reader';
import { HeaderLayouts } from './slow-log/header-layouts';
import { describeReading } from './slow-log/describe-reading';
import { SlowLogParser } from './slow-log/parse-slow-log';
import type { TextCodec } from './slow-log/text-codec';

/** Slots of all classes together that a capture carries: 16 MB. */
const maxSlotCells = 2_000_000;

export interface SlowLogDigestOptions {
  readonly codec: TextCodec;
  readonly reader: StatementReader;
  readonly filter?: CaptureFilter;
  readonly limits?: AggregateLimits;
  /** Of the first byte given, in the source. Default 0. */
  readonly startByte?: number;
}

/** What the capture says of itself. */
export interface CaptureHead {
  readonly id: string;
  readonly takenAtMs: number;
  readonly clusterId: string | null;
  readonly instanceId: string | null;
  /** A path; with the instance's name for a log of a host. */
  readonly sourceName: string;
  /** What went wrong before the bytes came here: a damaged archive. */
  readonly skipped?: readonly SkippedBytes[];
  /** Plain sentences of whoever read the bytes. */
  readonly notes?: readonly string[];
}

/** What comes of a log. */
export interface DigestedStatements {
  readonly capture: Omit<Capture, 'classes'>;
  /** Most query time first, each made when it is asked for. */
  readonly classes: Iterable<StatementClass>;
  /** In the source: where a later reading goes on. */
  readonly resumeAt: number;
}

/** From the bytes of one slow log to its capture, in bounded memory. */
export class SlowLogDigest {
  readonly #parser: SlowLogParser;
  readonly #aggregate: StatementAggregate;
  readonly #parts: DescribeParts;

  constructor({ codec, reader, filter, limits, startByte = 0 }: SlowLogDigestOptions) {
    const layouts = new HeaderLayouts((name) => codec.copy(name));
    const aggregate = new StatementAggregate({
      codec,
      reader,
      ...(filter ? { filter } : {}),
      ...(limits ? { limits } : {}),
    });
    this.#aggregate = aggregate;
    this.#parser = new SlowLogParser({ codec, layouts, startByte, onEvent: (event) => aggregate.add(event) });
    this.#parts = { codec, reader, layouts, counts: aggregate.parts };
  }

  /** Takes the next bytes, uncompressed. */
  push(chunk: Uint8Array): void {
    this.#parser.push(chunk);
  }

  get bytesRead(): number {
    return this.#parser.bytesRead;
  }

  get events(): number {
    return this.#parser.events;
  }

  /**
   * Ends the source. Call once.
   *
   * @param goesOn the log goes on behind the last byte: a statement that is not whole is left to the next reading
   */
  finish(head: CaptureHead, goesOn = false): DigestedStatements {
    this.#parser.end(goesOn);
    const { all, others, parts } = this.#aggregate;
    const named = this.#aggregate.classes();
    parts.slots.narrowTo(named.length, maxSlotCells);
    const source: CaptureSource = { kind: 'slow-log', name: head.sourceName, ...this.#parser.source };
    const capture = {
      id: head.id,
      takenAtMs: head.takenAtMs,
      clusterId: head.clusterId,
      instanceId: head.instanceId,
      sources: [source],
      fromMs: Number.isFinite(all.firstMs) ? all.firstMs : null,
      toMs: Number.isFinite(all.lastMs) ? all.lastMs : null,
      slotMs: parts.slots.slotMs,
      slotsFromMs: parts.slots.fromMs,
      calls: all.calls,
      metrics: metricsOf(all, this.#parts),
      coverage: {
        bytesRead: this.#parser.bytesRead,
        skipped: [...this.#parser.skipped, ...(head.skipped ?? [])],
        invalidUtf8: this.#aggregate.invalidUtf8,
        longQueryTimeSeconds: null,
        rateLimit: this.#parser.rateLimit,
        serverSeconds: null,
        explainedSeconds: all.seconds - (others?.seconds ?? 0),
        unattributedSeconds: others?.seconds ?? null,
        notes: [...(head.notes ?? []), ...describeReading(this.#parser, this.#aggregate)],
      },
    };
    return { capture, classes: this.#describeAll(named), resumeAt: this.#parser.resumeAt };
  }

  *#describeAll(named: ReturnType<StatementAggregate['classes']>): Iterable<StatementClass> {
    const { others } = this.#aggregate;
    for (const one of named) yield describeClass(one, this.#parts);
    if (others !== null) yield describeOthers(others, this.#parts);
  }
}
