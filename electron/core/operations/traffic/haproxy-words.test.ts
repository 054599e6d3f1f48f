import { describe, expect, it } from 'vitest';
import { haproxyRefusal, readServers } from './haproxy-words';
import { isAt, placeOf } from './place';

const head =
  '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port';
const line = (name: string, op: number, admin: number, fqdn = '-'): string =>
  `3 mysql 1 ${name} 10.0.0.1 ${op} ${admin} 1 1 0 1 0 2 0 0 0 0 ${fqdn} 3306 - 0 0 - - 0`;
const state = (...lines: readonly string[]): string => ['1', head, ...lines].join('\n');

describe('what HAProxy 2.6 says of its servers', () => {
  it.each([
    [0, 2, 'open', true],
    [1, 0, 'closed', false],
    [5, 0, 'closed', false],
    // "disabled" in the configuration and opened since: only how it began.
    [4, 2, 'open', true],
    [0x20, 0, 'closed', false],
    [8, 2, 'draining', true],
    [0, 0, 'open', false],
  ])('admin state %i with operational state %i is %s', (admin, op, wanted, up) => {
    expect(readServers(state(line('db-1', op, admin)), '', 'mysql')).toMatchObject([
      { name: 'db-1', state: wanted, up },
    ]);
  });

  it('reads sessions by name, leaves out other backends and names that no backend may have', () => {
    const stat = '# pxname,svname,qcur,qmax,scur\nmysql,db-1,0,0,7\n';
    const other = line('x', 2, 0).replace(' mysql ', ' other ');
    expect(readServers(state(line('db-1', 2, 0), other, line('a;b', 2, 0)), stat, 'mysql')).toMatchObject([
      { name: 'db-1', sessions: 7 },
    ]);
  });

  it('says in words why there is nothing to read', () => {
    expect(readServers("Can't find backend.", '', 'mysql')).toBe('it has no backend mysql');
    expect(readServers('Permission denied', '', 'mysql')).toContain('not of level admin');
    expect(readServers('HTTP/1.1 400 Bad Request', '', 'mysql')).toContain('400 Bad Request');
    expect(haproxyRefusal('\n')).toBeNull();
    expect(haproxyRefusal('No such server.\n')).toBe('it answered "No such server."');
  });
});

describe('an instance as a proxy knows it', () => {
  const place = placeOf(
    { name: 'db-1', host: 'DB-1.example', port: 3306 },
    { host: '10.9.0.1', port: 3307 },
    new Map([['DB-1.example', ['10.0.0.1', '2001:db8::1']]]),
  );
  it.each([
    ['10.0.0.1', '', 3306, true],
    ['10.0.0.2', 'db-1.example', 3306, true],
    ['[2001:DB8::1]', '', 3306, true],
    ['10.9.0.1', '', 3307, true],
    ['10.0.0.1', '', 3307, false],
    ['10.0.0.2', '', 3306, false],
  ])('%s (%s) port %i: %s', (host, otherHost, port, wanted) => {
    expect(isAt({ host, otherHost, port }, place)).toBe(wanted);
  });
});
