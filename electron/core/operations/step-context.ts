import { MidwatchError } from '@shared/errors';
import type { PlannedStatement, Step } from '@shared/model/plan';
import type { Blocker, StepAdvance } from '@shared/model/run';
import type { Clock } from '../ports/clock';
import type { EvidenceFiles } from '../ports/evidence-files';
import type { HookCall } from '../ports/hooks';
import type { RunRecord } from '../ports/store';
import { bindStatement, shellQuoted } from './bind-statement';
import { StepFailure, type RunMemory, type StepContext, type Values } from './operation-kind';
import { operationLockName, type OperationWorld } from './operation-world';
import type { Probe } from './probe-writer';
import type { JournalWriter } from './journal-writer';

export interface ContextParts {
  readonly run: RunRecord;
  readonly world: OperationWorld;
  readonly clock: Clock;
  readonly memory: RunMemory;
  readonly probe: Probe;
  readonly journal: JournalWriter;
  readonly resumed: boolean;
  readonly showBlockers: (blockers: readonly Blocker[]) => void;
  readonly showAdvance: (advance: StepAdvance) => void;
  readonly evidence: EvidenceFiles;
  readonly quarantine: (instanceId: string, on: boolean) => void;
  /** Old and new addresses for the hooks. */
  readonly hookCall: (action: HookCall['action']) => HookCall;
  /** Longest time of one statement where the code names none. Default the step's own. */
  readonly limitMs?: number;
}

/** Errors after which nobody knows whether the statement took effect. */
const unknownCodes = new Set(['connection-lost', 'statement-timeout', 'connection-timeout', 'host-command-failed']);

/** The only way from a step's code to a server: statements by their key in the plan, journaled before they are sent. */
export function stepContext(
  parts: ContextParts,
  step: Step,
  signal: AbortSignal,
  mayAct: Promise<void> = Promise.resolve(),
): StepContext {
  const { run, world, journal } = parts;

  const find = (key: string, by: PlannedStatement['by']): PlannedStatement => {
    const planned = step.statements.find((one) => one.key === key && one.by === by);
    if (!planned) throw new Error(`Step ${step.id} has no ${by} ${key}: the runner does only what the plan says`);
    return planned;
  };
  const isRead = (planned: PlannedStatement): boolean => planned.phase === 'guard' || planned.phase === 'verify';
  /** On disk before anything is sent; and only where the lock was seen to be held. */
  const announce = async (planned: PlannedStatement, text: string): Promise<void> => {
    if (!isRead(planned)) {
      await mayAct;
      if (signal.aborted) throw new StepFailure('Cancelled before the statement was sent');
      journal.write(step.id, 'statement', `${planned.instance}: ${text}`, {
        key: planned.key,
        instance: planned.instance,
      });
    }
    if (signal.aborted) throw new StepFailure('Cancelled before the statement was sent');
  };
  const asStepFailure = (planned: PlannedStatement, thrown: unknown, said = `${planned.instance}: `): unknown =>
    thrown instanceof MidwatchError
      ? new StepFailure(
          `${said}${thrown.message}`,
          !isRead(planned) && unknownCodes.has(thrown.code) ? 'unknown' : 'not-done',
          thrown,
        )
      : thrown;
  async function toProxy<T>(
    planned: PlannedStatement,
    send: (address: string, text: string, options: { readonly timeoutMs: number }) => Promise<T>,
  ): Promise<T> {
    await announce(planned, planned.text);
    try {
      return await send(planned.instance, planned.text, {
        timeoutMs: Number(step.params['timeoutMs']) || limit(undefined),
      });
    } catch (thrown) {
      // Its words name the proxy already.
      throw asStepFailure(planned, thrown, '');
    }
  }
  const limit = (asked: number | undefined): number => asked ?? Math.min(parts.limitMs ?? step.timeoutMs, 15_000);

  return {
    step,
    plan: run.plan,
    runId: run.runId,
    by: run.by,
    clock: parts.clock,
    memory: parts.memory,
    resumed: parts.resumed,
    signal,
    async send(key, values = {}, options = {}) {
      const planned = find(key, 'sql');
      const sql = bindStatement(planned.text, values);
      await announce(planned, bindStatement(planned.text, masked(values)));
      try {
        return await world.send(planned.instanceId, sql, {
          session: options.session ?? 'worker',
          timeoutMs: limit(options.timeoutMs),
        });
      } catch (thrown) {
        throw asStepFailure(planned, thrown);
      }
    },
    async command(key, values = {}, options = {}) {
      const planned = find(key, 'ssh');
      const text = bindStatement(planned.text, values, shellQuoted);
      await announce(planned, bindStatement(planned.text, masked(values), shellQuoted));
      try {
        return await world.command(planned.instanceId, text, {
          timeoutMs: limit(options.timeoutMs),
          ...(options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes }),
        });
      } catch (thrown) {
        throw asStepFailure(planned, thrown);
      }
    },
    async pipe(fromKey, toKey, options) {
      const [from, to] = [find(fromKey, 'ssh'), find(toKey, 'ssh')];
      await announce(to, to.text);
      await announce(from, from.text);
      const end = ({ instanceId, text }: PlannedStatement): { readonly instanceId: string; readonly text: string } => ({
        instanceId,
        text,
      });
      try {
        return await world.pipe(end(from), end(to), options, signal);
      } catch (thrown) {
        throw asStepFailure(from, thrown);
      }
    },
    async replay(key, texts) {
      const planned = find(key, 'sql');
      await announce(planned, `${planned.text} (${texts.length} statements)`);
      try {
        await world.replay(planned.instanceId, texts);
      } catch (thrown) {
        throw asStepFailure(planned, thrown);
      }
    },
    async hook(key) {
      const planned = find(key, 'hook');
      await announce(planned, planned.text);
      try {
        return await world.hook(parts.hookCall(key.startsWith('fence') ? 'fence' : 'repoint'));
      } catch (thrown) {
        throw asStepFailure(planned, thrown);
      }
    },
    haproxy: async (key) => toProxy(find(key, 'haproxy'), world.haproxy.bind(world)),
    proxysql: async (key) => toProxy(find(key, 'proxysql'), world.proxysql.bind(world)),
    interrupt: (instanceId) => world.interrupt(instanceId),
    note: (text, data) => journal.write(step.id, 'note', text, data),
    showBlockers: parts.showBlockers,
    advance: (advance) => parts.showAdvance({ ...advance, stepId: step.id }),
    async saveEvidence(name, content) {
      try {
        const { path, sha256, bytes } = parts.evidence.save({ runId: run.runId, name, content });
        journal.write(step.id, 'note', `Saved ${path}`, { evidence: path, sha256, bytes });
        return path;
      } catch (thrown) {
        if (!(thrown instanceof MidwatchError)) throw thrown;
        throw new StepFailure(thrown.message, 'not-done', thrown);
      }
    },
    async lock() {
      const ids = step.statements.map((one) => one.instanceId);
      // Not waited for: the sessions are ready when the first step that needs them asks.
      void world.warmUp(ids);
      try {
        // When a run is carried on, an instance may be gone for good; then the others are enough.
        const silent = await world.lock(ids, operationLockName, { reachableOnly: parts.resumed });
        return silent.length === 0
          ? `${ids.length} locks held`
          : `${ids.length - silent.length} of ${ids.length} locks held`;
      } catch (thrown) {
        throw new StepFailure(thrown instanceof Error ? thrown.message : String(thrown), 'not-done', thrown);
      }
    },
    startProbe: async ({ waitForFirst } = { waitForFirst: true }) => parts.probe.start(waitForFirst),
    leavePrimary: () => parts.probe.leavePrimary(),
    finishProbe: async () => {
      const result = await parts.probe.finish();
      journal.write(
        step.id,
        'measure',
        result.writeGapMs === null ? 'Write gap not measured' : `Write gap ${result.writeGapMs} ms`,
        {
          acknowledged: result.acknowledged,
          ...(result.missing === null ? {} : { missing: result.missing }),
          ...(result.writeGapMs === null ? {} : { writeGapMs: result.writeGapMs }),
        },
      );
      return result;
    },
    quarantine: parts.quarantine,
  };
}

/** Secrets are never written: the journal says that there was one. */
const masked = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, /password/i.test(name) ? '***' : value]));
