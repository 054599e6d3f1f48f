import { describe, expect, it } from 'vitest';
import { endFamily, identifyProcess, isRunning, listFamily, parseProcessStat, startDetached } from './processes';

describe('parseProcessStat', () => {
  const tail = '1 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 98765 0 0';

  it('reads past a name with spaces and parentheses', () => {
    const stat = parseProcessStat(`77 (a (strange) name) S ${tail}`);
    expect(stat).toEqual({ pid: 77, state: 'S', parentPid: 1, groupId: 42, startTicks: 98765 });
  });

  it('takes the remains of a dead process for nothing', () => {
    expect(parseProcessStat(`77 (sh) Z ${tail}`)).toBeUndefined();
  });
});

describe.runIf(process.platform === 'linux')('endFamily', () => {
  it('ends descendants in the group, also when the leader is gone', async () => {
    const ref = await startDetached('sh', ['-c', 'sleep 60 & sleep 60 & exec sleep 0.2']);
    expect(isRunning(ref)).toBe(true);
    await expect.poll(() => isRunning(ref)).toBe(false);
    expect(listFamily(ref)).toHaveLength(2);
    expect(await endFamily(ref)).toBe(2);
    expect(listFamily(ref)).toEqual([]);
  });

  it('leaves a process alone that only has the same id', async () => {
    const self = identifyProcess(process.pid);
    if (!self) throw new Error('no /proc');
    const earlier = { ...self, startTicks: self.startTicks - 1 };
    expect(isRunning(earlier)).toBe(false);
    expect(await endFamily(earlier)).toBe(0);
    expect(await endFamily({ ...self, bootId: 'another boot' })).toBe(0);
  });

  it('says which program does not exist', async () => {
    await expect(startDetached('/no/such/program', [])).rejects.toThrow('ENOENT');
  });
});
