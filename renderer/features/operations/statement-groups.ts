import type { PlannedStatement } from '@shared/model/plan';

/** Statements of one phase that go the same way, as one block to read. */
export interface StatementGroup {
  readonly by: PlannedStatement['by'];
  /** "on wallet-2", "on host wallet-1 by SSH", "by hook", "at HAProxy 10.0.0.9:9999": follows the word of the phase. */
  readonly where: string;
  readonly text: string;
}

const ways: readonly PlannedStatement['by'][] = ['sql', 'ssh', 'hook', 'haproxy', 'proxysql'];

/** One block a way. Statements for one instance name it in the head, for several at the end of each line. */
export const groupStatements = (statements: readonly PlannedStatement[]): readonly StatementGroup[] =>
  ways.flatMap((by) => {
    const same = statements.filter((each) => each.by === by);
    const instances = [...new Set(same.map((each) => each.instance))];
    const [only] = instances;
    if (only === undefined) return [];
    const one = instances.length === 1;
    const where = {
      sql: one ? `on ${only}` : '',
      ssh: one ? `on host ${only} by SSH` : 'on hosts by SSH',
      hook: 'by hook',
      haproxy: one ? `at HAProxy ${only}` : 'at several HAProxy',
      proxysql: one ? `at ProxySQL ${only}` : 'at several ProxySQL',
    };
    const line = (each: PlannedStatement): string => {
      const end = by === 'sql' || by === 'proxysql' ? ';' : '';
      if (one || by === 'hook') return `${each.text}${end}`;
      return `${each.text}${end}  ${by === 'sql' ? '--' : '#'} ${by === 'haproxy' || by === 'proxysql' ? 'at' : 'on'} ${each.instance}`;
    };
    return [{ by, where: where[by], text: same.map(line).join('\n') }];
  });
