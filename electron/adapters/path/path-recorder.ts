import type { MidwatchError } from '@shared/errors';
import type { PathLeg, PathStage, PathStageName, PathTest } from '@shared/model/path-test';

/** One leg before anything was tried. */
export interface LegPlan {
  readonly kind: PathLeg['kind'];
  readonly title: string;
  readonly stages: readonly PathStageName[];
}

/** Thrown by the walk to leave it; the failure itself stands in the picture. */
export class StageFailed extends Error {}

/** The picture of a path test as it grows: every change is handed on as a whole new picture. */
export class PathRecorder {
  readonly #legs: PathLeg[];
  readonly #startedAtMs = Date.now();
  readonly #startedMs = performance.now();
  readonly #pictures: PathTest[] = [];
  #stageStartedMs = 0;
  #state: PathTest['state'] = 'running';
  #wake: () => void = () => undefined;

  constructor(plans: readonly LegPlan[]) {
    this.#legs = plans.map(({ kind, title, stages }) => ({
      kind,
      title,
      stages: stages.map((name) => ({ name, state: 'not-tried' })),
    }));
    this.#publish();
  }

  begin(leg: number, name: PathStageName): void {
    this.#stageStartedMs = performance.now();
    this.#set(leg, { name, state: 'running' });
  }

  skip(leg: number, name: PathStageName): void {
    this.#set(leg, { name, state: 'skipped' });
  }

  pass(leg: number, name: PathStageName, evidence: string): void {
    this.#set(leg, { name, state: 'passed', evidence, tookMs: this.#stageMs() });
  }

  /** Passes a stage that could only be proven together with the next, to which all the time is counted. */
  passAlong(leg: number, name: PathStageName, evidence: string): void {
    this.#set(leg, { name, state: 'passed', evidence, tookMs: 0 });
  }

  fail(leg: number, name: PathStageName, error: MidwatchError): never {
    this.#state = 'failed';
    this.#set(leg, { name, state: 'failed', error: error.toAppError(), tookMs: this.#stageMs() });
    throw new StageFailed();
  }

  succeed(): void {
    this.#state = 'passed';
    this.#publish();
  }

  /** Each picture once, oldest first; ends after `passed` or `failed`, and throws what `walk` throws. */
  async *pictures(walk: Promise<void>): AsyncGenerator<PathTest> {
    const ended = walk.finally(() => this.#wake());
    ended.catch(() => undefined);
    for (;;) {
      const picture = this.#pictures.shift();
      if (picture) {
        yield picture;
        if (picture.state !== 'running') return;
        continue;
      }
      await Promise.race([ended, new Promise<void>((resolve) => (this.#wake = resolve))]);
    }
  }

  #set(leg: number, stage: PathStage): void {
    const known = this.#legs[leg];
    if (!known) throw new Error(`There is no leg ${leg}`);
    this.#legs[leg] = { ...known, stages: known.stages.map((other) => (other.name === stage.name ? stage : other)) };
    this.#publish();
  }

  #publish(): void {
    this.#pictures.push({
      startedAtMs: this.#startedAtMs,
      tookMs: Math.round(performance.now() - this.#startedMs),
      state: this.#state,
      legs: [...this.#legs],
    });
    this.#wake();
  }

  #stageMs(): number {
    return Math.round(performance.now() - this.#stageStartedMs);
  }
}
