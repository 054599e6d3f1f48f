import { afterAll, describe, expect, it } from 'vitest';
import { openTemporaryLab } from '../fleet';
import { crashCases, runCrashCase } from './crash-matrix';
import { CrashFleets } from './crash-stage';
import { faultCases, faultName, runFaultCase } from './fault-matrix';

/** The quick forms of both matrices, a test for each case; the full forms: `npm run faults`. */
const lab = openTemporaryLab();
const fleets = new CrashFleets(lab);
afterAll(() => lab.close());

describe('a console killed', () => {
  afterAll(() => fleets.close());
  for (const one of crashCases(true))
    // Once more on a fresh fleet: on a busy machine the process may be ended before its step was reached.
    it(`${one.scenario} ${one.kind} ${one.action}, ${one.at}`, { retry: 1 }, async () => {
      const { broken, found } = await runCrashCase(fleets, one);
      expect(broken, found).toEqual([]);
    });
});

describe('a fault', () => {
  for (const one of faultCases(true))
    // Once more on a fresh fleet: a fault that must fall within milliseconds may miss its moment on a busy machine.
    it(faultName(one), { retry: 1 }, async () => {
      const { verdict, seen, broken, story } = await runFaultCase(lab, one);
      expect([verdict, broken], [seen, ...story].join('\n')).not.toEqual(['broken', expect.anything()]);
    });
});
