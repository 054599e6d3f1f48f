import { assertNever } from '@shared/assert-never';
import type { CheckStatus, OperationKind } from '@shared/model/plan';
import type { RunState, StepStatus } from '@shared/model/run';
import type { Mark } from './status-badge';

const words: Readonly<Record<RunState, string>> = {
  'awaiting-approval': 'Waits for approval',
  running: 'Running',
  cancelling: 'Cancelling',
  undoing: 'Undoing',
  verifying: 'Verifying',
  succeeded: 'Succeeded',
  failed: 'Failed',
  cancelled: 'Cancelled',
  'needs-attention': 'Needs you',
  interrupted: 'Interrupted',
  adopted: 'Adopted',
};

const kindWords: Readonly<Record<OperationKind, string>> = {
  switchover: 'Switchover',
  failover: 'Failover',
  drill: 'Drill',
  rejoin: 'Rejoin',
  reprovision: 'Re-provision',
  relocate: 'Relocation',
};

/** The kind of an operation in words. */
export const kindWord = (kind: OperationKind): string => kindWords[kind];

/** The state of a run in words. */
export const runWord = (state: RunState): string => words[state];

/** The mark of a run. Red is kept for what a person must act on now. */
export function runMark(state: RunState): Mark {
  switch (state) {
    case 'running':
    case 'cancelling':
    case 'undoing':
    case 'verifying':
      return 'run';
    case 'succeeded':
      return 'ok';
    case 'failed':
      return 'failed';
    case 'cancelled':
    case 'adopted':
      return 'skipped';
    case 'needs-attention':
    case 'interrupted':
      return 'act';
    case 'awaiting-approval':
      return 'todo';
    default:
      return assertNever(state);
  }
}

const stepMarks: Readonly<Record<StepStatus, Mark>> = {
  todo: 'todo',
  running: 'busy',
  done: 'ok',
  failed: 'failed',
  unknown: 'unknown',
  undoing: 'busy',
  undone: 'skipped',
  'undo-failed': 'failed',
  skipped: 'skipped',
};

/** The mark of a step. */
export const stepMark = (status: StepStatus): Mark => stepMarks[status];

const checkMarks: Readonly<Record<CheckStatus, Mark>> = {
  pass: 'ok',
  warn: 'watch',
  fail: 'failed',
  unknown: 'unknown',
};

/** The mark of a check; unknown never looks like a pass. */
export const checkMark = (status: CheckStatus): Mark => checkMarks[status];
