import { describe, expect, it } from 'vitest';
import { judgeCapabilities } from './capabilities';

const stateOf = (grants: readonly string[] | null, code: string): string | undefined =>
  judgeCapabilities(grants, 'mysql', "'m'@'%'").find((one) => one.code === code)?.state;

describe('capabilities', () => {
  const read = ['GRANT SELECT, PROCESS, REPLICATION CLIENT ON *.* TO `m`@`%`'];
  it('names what is missing and the statement that gives it', () => {
    expect(stateOf(read, 'monitor')).toBe('works');
    const move = judgeCapabilities(read, 'mysql', "'m'@'%'").find((one) => one.code === 'switchover');
    expect(move?.state).toBe('partly');
    expect(move?.grantSql).toContain("GRANT SYSTEM_VARIABLES_ADMIN ON *.* TO 'm'@'%';");
  });
  it('lets ALL PRIVILEGES do everything, USAGE nothing', () => {
    expect(stateOf(['GRANT ALL PRIVILEGES ON *.* TO `m`@`%`'], 'switchover')).toBe('works');
    expect(stateOf(['GRANT USAGE ON *.* TO `m`@`%`'], 'monitor')).toBe('missing');
  });
  it('is unknown, not missing, when roles may hold it or nothing was read', () => {
    expect(stateOf([...read, 'GRANT `dba`@`%` TO `m`@`%`'], 'switchover')).toBe('unknown');
    expect(stateOf(null, 'monitor')).toBe('unknown');
  });
});
