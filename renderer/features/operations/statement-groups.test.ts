import { describe, expect, it } from 'vitest';
import type { PlannedStatement } from '@shared/model/plan';
import { groupStatements } from './statement-groups';

const statement = (by: PlannedStatement['by'], instance: string, text: string): PlannedStatement => ({
  key: text,
  phase: 'run',
  instanceId: instance,
  instance,
  by,
  text,
});

describe('statements to read', () => {
  it('names the one instance in the head', () =>
    expect(groupStatements([statement('sql', 'db-1', 'SELECT 1'), statement('sql', 'db-1', 'SELECT 2')])).toEqual([
      { by: 'sql', where: 'on db-1', text: 'SELECT 1;\nSELECT 2;' },
    ]));

  it('names several instances at each line, and keeps ways apart', () =>
    expect(
      groupStatements([
        statement('hook', 'db-1', 'POST https://power.example.net'),
        statement('ssh', 'db-1', 'systemctl stop mysqld'),
        statement('sql', 'db-1', 'SELECT 1'),
        statement('sql', 'db-2', 'SELECT 1'),
      ]),
    ).toEqual([
      { by: 'sql', where: '', text: 'SELECT 1;  -- on db-1\nSELECT 1;  -- on db-2' },
      { by: 'ssh', where: 'on host db-1 by SSH', text: 'systemctl stop mysqld' },
      { by: 'hook', where: 'by hook', text: 'POST https://power.example.net' },
    ]));

  it('is nothing for nothing', () => expect(groupStatements([])).toEqual([]));
});
