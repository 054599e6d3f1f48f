import type { DialectName } from '@shared/model/fleet';
import { capabilityCodes, type Capability, type CapabilityCode } from '@shared/model/instance';

interface CapabilityRule {
  readonly title: string;
  readonly without: string;
  /** Each inner list: one of these is enough. Source: the privilege tables of both manuals, tried on 9.7.4 and 10.11. */
  readonly needs: Readonly<Record<DialectName, readonly (readonly string[])[]>>;
}

/** The least privileges for each thing Midwatch does. docs/grants.md is written from this table. */
export const capabilityRules: Readonly<Record<CapabilityCode, CapabilityRule>> = {
  monitor: {
    title: 'See state, lag and findings',
    without: 'Only the version and whether it answers',
    needs: {
      mysql: [['REPLICATION CLIENT', 'SUPER'], ['SELECT']],
      mariadb: [
        ['SLAVE MONITOR', 'REPLICA MONITOR', 'SUPER'],
        ['BINLOG MONITOR', 'REPLICATION CLIENT', 'SUPER'],
      ],
    },
  },
  'process-list': {
    title: 'See all sessions and who blocks whom',
    without: 'Only sessions of its own account',
    needs: { mysql: [['PROCESS'], ['SELECT']], mariadb: [['PROCESS']] },
  },
  kill: {
    title: 'End a statement or a session',
    without: 'Only sessions of its own account',
    needs: { mysql: [['CONNECTION_ADMIN', 'SUPER']], mariadb: [['CONNECTION ADMIN', 'SUPER']] },
  },
  heartbeat: {
    title: 'Write a heartbeat row',
    without: 'Lag by position, workers and the server’s own seconds',
    needs: { mysql: [['midwatch.*']], mariadb: [['midwatch.*']] },
  },
  discover: {
    title: 'Find the replicas of an instance',
    without: 'Sources are found, replicas must be named',
    needs: { mysql: [['REPLICATION SLAVE']], mariadb: [['REPLICATION MASTER ADMIN', 'SUPER']] },
  },
  switchover: {
    title: 'Plan and run a switchover or a failover',
    without: 'Everything can be seen, nothing moved',
    needs: {
      mysql: [
        ['SYSTEM_VARIABLES_ADMIN', 'SUPER'],
        ['REPLICATION_SLAVE_ADMIN', 'SUPER'],
        ['REPLICATION CLIENT'],
        ['PROCESS'],
        ['CONNECTION_ADMIN', 'SUPER'],
        ['XA_RECOVER_ADMIN'],
        ['RELOAD'],
        // Without it information_schema.user_privileges shows the own account alone, and nobody else seems to pass the fence.
        ['SELECT'],
        ['midwatch.*'],
      ],
      mariadb: [
        ['READ_ONLY ADMIN', 'READ ONLY ADMIN', 'SUPER'],
        ['REPLICATION SLAVE ADMIN', 'SUPER'],
        ['SLAVE MONITOR', 'REPLICA MONITOR', 'SUPER'],
        ['PROCESS'],
        ['CONNECTION ADMIN', 'SUPER'],
        ['RELOAD'],
        // Without it information_schema.user_privileges shows the own account alone, and nobody else seems to pass the fence.
        ['SELECT'],
        ['midwatch.*'],
      ],
    },
  },
  salvage: {
    title: 'Bring over what only a dead primary’s disk holds',
    without: 'It is counted and named as lost; a person may replay it by hand',
    needs: {
      // A missing right on a table shows as "1105 Unknown error" (tried on 9.7.4).
      mysql: [['REPLICATION_APPLIER'], ['INSERT'], ['UPDATE'], ['DELETE']],
      mariadb: [['BINLOG REPLAY', 'SUPER'], ['INSERT'], ['UPDATE'], ['DELETE']],
    },
  },
  reprovision: {
    title: 'Fill a replica anew, or add one',
    without: 'A replica that is broken or new has to be filled by hand',
    needs: {
      mysql: [
        ['BACKUP_ADMIN'],
        ['CLONE_ADMIN'],
        // INSTALL PLUGIN clone, where the server that is filled lacks it.
        ['INSERT'],
        ['SYSTEM_VARIABLES_ADMIN', 'SUPER'],
        ['REPLICATION_SLAVE_ADMIN', 'SUPER'],
        ['REPLICATION CLIENT'],
        ['SELECT'],
      ],
      mariadb: [
        ['RELOAD'],
        ['PROCESS'],
        ['LOCK TABLES'],
        ['BINLOG MONITOR', 'REPLICATION CLIENT', 'SUPER'],
        ['SLAVE MONITOR', 'REPLICA MONITOR', 'SUPER'],
        ['REPLICATION SLAVE ADMIN', 'SUPER'],
        ['READ_ONLY ADMIN', 'READ ONLY ADMIN', 'SUPER'],
      ],
    },
  },
};

const globalGrant = /^GRANT (.+) ON \*\.\* TO /i;
const schemaGrant = /^GRANT ALL PRIVILEGES ON [`'"]?midwatch[`'"]?\.\* TO /i;

/** Names of all global privileges in `SHOW GRANTS`, upper case, and `midwatch.*` when its schema is open to the account. */
export function heldPrivileges(grants: readonly string[]): ReadonlySet<string> {
  const held = new Set<string>();
  for (const grant of grants) {
    if (schemaGrant.test(grant)) held.add('midwatch.*');
    const match = globalGrant.exec(grant);
    for (const name of match?.[1]?.split(',') ?? []) held.add(name.trim().toUpperCase());
  }
  if (held.has('ALL PRIVILEGES') || (held.has('CREATE') && held.has('INSERT') && held.has('UPDATE')))
    held.add('midwatch.*');
  return held;
}

/** What an account with these grants may do. Roles show as their own lines and are not followed: then it is `unknown`, never `works`. */
export function judgeCapabilities(
  grants: readonly string[] | null,
  dialect: DialectName,
  account: string,
): readonly Capability[] {
  const held = heldPrivileges(grants ?? []);
  const hasRoles = (grants ?? []).some((grant) => /^GRANT [^ ]+ TO /i.test(grant) && !/ ON /i.test(grant));
  return capabilityCodes.map((code) => {
    const rule = capabilityRules[code];
    const needs = rule.needs[dialect];
    const missing = held.has('ALL PRIVILEGES')
      ? []
      : needs.filter((oneOf) => !oneOf.some((name) => held.has(name))).map((oneOf) => oneOf[0] ?? '');
    const state =
      grants === null || (missing.length > 0 && hasRoles)
        ? 'unknown'
        : missing.length === 0
          ? 'works'
          : missing.length < needs.length
            ? 'partly'
            : 'missing';
    return {
      code,
      title: rule.title,
      state,
      missing,
      without: rule.without,
      grantSql: missing.map((name) => grantSql(name, account)).join('\n'),
    };
  });
}

const grantSql = (name: string, account: string): string =>
  name === 'midwatch.*' ? `GRANT ALL ON midwatch.* TO ${account};` : `GRANT ${name} ON *.* TO ${account};`;
