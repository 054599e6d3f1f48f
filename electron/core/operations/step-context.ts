import { MidwatchError } from '@shared/errors';
import type { Blocker, EntryType, Step } from '@shared/model/operation';
import type { Clock } from '../ports/clock';
import type { RunRecord } from '../ports/store';
import { bindStatement } from './bind-statement';
import { StepFailure, type RunMemory, type StepContext } from './operation-kind';
import { operationLockName, type OperationWorld } from './operation-world';
import type { ProbeWriter } from './probe-writer';

export interface ContextParts {
  readonly run: RunRecord;
  readonly world: OperationWorld;
  readonly clock: Clock;
  readonly memory: RunMemory;
  readonly probe: ProbeWriter;
  readonly write: (
    stepId: string,
    type: EntryType,
    text: string,
    data?: Readonly<Record<string, string | number | boolean>>,
  ) => void;
  readonly showBlockers: (blockers: readonly Blocker[]) => void;
  readonly lockedInstanceIds: readonly string[];
  /** Longest time of one statement where the code names none. Default the step's own. */
  readonly limitMs?: number;
}

/** Errors after which nobody knows whether the statement took effect. */
const unknownCodes = new Set(['connection-lost', 'statement-timeout', 'connection-timeout']);

/** The only way from a step's code to a server: statements by their key in the plan, journaled before they are sent. */
export function stepContext(parts: ContextParts, step: Step, signal: AbortSignal): StepContext {
  const { run, world } = parts;
  return {
    step,
    plan: run.plan,
    runId: run.runId,
    by: run.by,
    clock: parts.clock,
    memory: parts.memory,
    signal,
    async send(key, values = {}, options = {}) {
      const planned = step.statements.find((one) => one.key === key);
      if (!planned) throw new Error(`Step ${step.id} has no statement ${key}: the runner does only what the plan says`);
      const sql = bindStatement(planned.sql, values);
      const reads = planned.phase === 'guard' || planned.phase === 'verify';
      if (!reads)
        parts.write(step.id, 'statement', `${planned.instance}: ${bindStatement(planned.sql, masked(values))}`, {
          key,
          instance: planned.instance,
        });
      if (signal.aborted) throw new StepFailure('Cancelled before the statement was sent');
      try {
        return await world.send(planned.instanceId, sql, {
          session: options.session ?? 'worker',
          timeoutMs: options.timeoutMs ?? Math.min(parts.limitMs ?? step.timeoutMs, 15_000),
        });
      } catch (thrown) {
        if (thrown instanceof MidwatchError)
          throw new StepFailure(
            `${planned.instance}: ${thrown.message}`,
            !reads && unknownCodes.has(thrown.code) ? 'unknown' : 'not-done',
            thrown,
          );
        throw thrown;
      }
    },
    interrupt: (instanceId) => world.interrupt(instanceId),
    note: (text, data) => parts.write(step.id, 'note', text, data),
    showBlockers: parts.showBlockers,
    async lock() {
      try {
        await world.lock(parts.lockedInstanceIds, operationLockName);
      } catch (thrown) {
        throw new StepFailure(thrown instanceof Error ? thrown.message : String(thrown), 'not-done', thrown);
      }
      return `${parts.lockedInstanceIds.length} locks held`;
    },
    startProbe: () => parts.probe.start(),
    leavePrimary: () => parts.probe.leavePrimary(),
    finishProbe: async () => {
      const result = await parts.probe.finish();
      parts.write(
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
  };
}

/** Secrets are never written: the journal says that there was one. */
const masked = (values: Readonly<Record<string, string | number | bigint>>): Record<string, string | number | bigint> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, /password/i.test(name) ? '***' : value]));
