import { expect, it } from 'vitest';
import type { Activity } from '@shared/model/activity';
import { mergeLine } from './activity';

const line = (seq: number): Activity => ({
  seq,
  atMs: seq,
  kind: 'rule',
  severity: 'note',
  clusterId: null,
  instanceId: null,
  by: 'rule',
  text: `line ${seq}`,
});

it('keeps each line once, newest first', () => {
  const lines = [3, 2].map(line);
  expect(mergeLine(mergeLine(lines, line(4)), line(3)).map((each) => each.seq)).toEqual([4, 3, 2]);
});
