import type { Capture, SkippedBytes, StatementClass } from '@shared/model/query-capture';
import { StatementAggregate, type AggregateLimits, type NamedCounts } from './aggregate/aggregate-statements';
import type { CaptureFilter } from './aggregate/capture-filter';
import { describeClass, describeOthers, type DescribeParts } from './aggregate/describe-class';
import type { StatementReader } from './aggregate/statement-reader';
import { ClassSum } from './aggregate/sum-classes';
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
  /** That the source named last before that; Latin-1. */
  readonly schema?: string;
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
  /** Most query time first, each made when it is asked for. */
  readonly classes: Iterable<StatementClass>;
  /** The capture without its classes; complete once all of them were taken. */
  capture(): Omit<Capture, 'classes'>;
  /** In the source: where a later reading goes on. */
  readonly resumeAt: number;
  /** The schema that holds there. */
  readonly schema: string;
}

/** From the bytes of one slow log to its capture, in bounded memory. */
export class SlowLogDigest {
  readonly #parser: SlowLogParser;
  readonly #aggregate: StatementAggregate;
  readonly #parts: DescribeParts;

  constructor({ codec, reader, filter, limits, startByte = 0, schema = '' }: SlowLogDigestOptions) {
    const layouts = new HeaderLayouts();
    const aggregate = new StatementAggregate({
      codec,
      reader,
      ...(filter ? { filter } : {}),
      ...(limits ? { limits } : {}),
    });
    this.#aggregate = aggregate;
    this.#parser = new SlowLogParser({ codec, layouts, startByte, schema, onEvent: (event) => aggregate.add(event) });
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
    const named = this.#aggregate.classes();
    this.#parts.counts.slots.narrowTo(named.length, maxSlotCells);
    const sum = new ClassSum();
    return {
      classes: this.#describeAll(named, sum),
      capture: () => this.#describe(head, sum),
      resumeAt: this.#parser.resumeAt,
      schema: this.#parts.codec.toText(this.#parser.schema).text,
    };
  }

  #describe(head: CaptureHead, sum: ClassSum): Omit<Capture, 'classes'> {
    const { slots } = this.#parts.counts;
    const othersSeconds = this.#aggregate.othersSeconds;
    return {
      id: head.id,
      takenAtMs: head.takenAtMs,
      clusterId: head.clusterId,
      instanceId: head.instanceId,
      sources: [{ kind: 'slow-log', name: head.sourceName, ...this.#parser.source }],
      fromMs: sum.fromMs,
      toMs: sum.toMs,
      slotMs: slots.slotMs,
      slotsFromMs: slots.fromMs,
      calls: sum.calls,
      metrics: sum.metrics(),
      coverage: {
        bytesRead: this.#parser.bytesRead,
        skipped: [...this.#parser.skipped, ...(head.skipped ?? [])],
        invalidUtf8: this.#aggregate.invalidUtf8,
        longQueryTimeSeconds: null,
        rateLimit: this.#parser.header.attributes.rateLimit,
        serverSeconds: null,
        explainedSeconds: sum.seconds - (othersSeconds ?? 0),
        unattributedSeconds: othersSeconds,
        notes: [...(head.notes ?? []), ...describeReading(this.#parser, this.#aggregate)],
      },
    };
  }

  *#describeAll(named: readonly NamedCounts[], sum: ClassSum): Iterable<StatementClass> {
    const { others } = this.#aggregate;
    for (const one of named) yield added(describeClass(one, this.#parts), sum);
    if (others !== null) yield added(describeOthers(others, this.#parts), sum);
  }
}

function added(one: StatementClass, sum: ClassSum): StatementClass {
  sum.add(one);
  return one;
}
