import { describe, expect, it } from 'vitest';
import { MidwatchError } from '@shared/errors';
import type { SqlRow } from '../../ports/mysql-session';
import { StepFailure, type StepContext } from '../operation-kind';
import { shutDown } from './backup-code';
import { reprovisionStepCode } from './fill-code';

const failing = (code: 'connection-refused' | 'connection-timeout'): never => {
  throw new StepFailure(`db-3: ${code}`, 'not-done', new MidwatchError(code, code));
};

/** The recipient of a run that is carried on: what it answers, try by try, and what the run remembers. */
function carriedOn(
  answer: (key: string, tries: number) => readonly SqlRow[],
  memory: Readonly<Record<string, string>>,
) {
  const known = new Map(Object.entries(memory));
  const sent: string[] = [];
  let nowMs = 0;
  const context = {
    step: { target: 'db-3', params: { errant: '' }, statements: [] },
    memory: {
      get: (name: string) => known.get(name) ?? '',
      find: (name: string) => known.get(name) ?? '',
      set: (name: string, value: string) => void known.set(name, value),
    },
    signal: new AbortController().signal,
    resumed: true,
    clock: { nowMs: () => nowMs, monotonicMs: () => nowMs, sleep: async (ms: number) => void (nowMs += ms) },
    advance: () => undefined,
    note: () => undefined,
    send: async (key: string) => {
      sent.push(key);
      return answer(key, sent.filter((one) => one === key).length);
    },
  } as unknown as StepContext;
  return { context, sent };
}

describe('a re-provision that is carried on', () => {
  const look = (code: 'connection-refused' | 'connection-timeout', memory: Readonly<Record<string, string>>) =>
    reprovisionStepCode['close']?.look?.(carriedOn(() => failing(code), memory).context);

  it('takes a recipient that this run has shut down for closed', async () => {
    await expect(look('connection-refused', { [shutDown]: 'yes' })).resolves.toContain('this run has shut it down');
  });

  it('does not assume it of one that is silent, or that somebody else shut down', async () => {
    await expect(look('connection-timeout', { [shutDown]: 'yes' })).rejects.toThrow('connection-timeout');
    await expect(look('connection-refused', {})).rejects.toThrow('connection-refused');
    await expect(look('connection-refused', { [shutDown]: '' })).rejects.toThrow('connection-refused');
  });

  it('waits for a recipient that is on its way up with the copy of the console that died', async () => {
    const completed = [{ state: 'Completed', begun: '2026-01-01 00:00:01', errno: 0, error: '' }];
    const { context, sent } = carriedOn((_key, tries) => (tries < 4 ? failing('connection-refused') : completed), {
      'earlier CLONE': 'none',
    });
    await reprovisionStepCode['clone']?.run(context);
    expect(sent).toEqual(['status', 'status', 'status', 'status']);
  });
});
