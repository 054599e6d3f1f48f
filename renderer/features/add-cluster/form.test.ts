import { describe, expect, it } from 'vitest';
import { targetInputSchema } from '@shared/model/path-test';
import { emptyForm, hopsOfConfig, missingIn, moveHop, newHop, toTarget } from './form';

const filled = { ...emptyForm, host: 'db-1', user: 'midwatch' };

describe('add cluster form', () => {
  it('says what is missing, in order', () => {
    expect(missingIn(emptyForm)).toBe('host missing');
    expect(missingIn({ ...filled, hops: [newHop('a')] })).toBe('hop 1 has no host');
    expect(missingIn({ ...filled, hops: [{ ...newHop('a'), address: 'bastion' }] })).toBe('hop 1 needs user@host');
    expect(missingIn({ ...filled, hops: [{ ...newHop('a'), address: 'ops@b', method: 'key' }] })).toBe(
      'hop 1 has no key file',
    );
    expect(missingIn(filled)).toBeNull();
  });

  it('makes a target that the contract accepts, without empty secrets', () => {
    const hop = {
      ...newHop('hop-1'),
      address: 'ops@bastion',
      method: 'key' as const,
      keyFile: '~/.ssh/id',
      secret: 'pass',
    };
    const target = toTarget({ ...filled, hops: [hop] });
    expect(targetInputSchema.parse(target)).toMatchObject({
      host: 'db-1',
      hops: [{ user: 'ops', host: 'bastion', auth: { method: 'key', keyFile: '~/.ssh/id' }, passphrase: 'pass' }],
    });
    expect('password' in target).toBe(false);
  });

  it('takes the jumps of ssh config, outermost first', () => {
    const inner = { alias: 'gate', host: 'gate.internal', port: 22, user: 'dba', proxyJump: ['edge', 'mid'] };
    const edge = { alias: 'edge', host: 'edge.example.net', port: 2222, user: 'ops', keyFile: '/k', proxyJump: [] };
    let next = 0;
    const hops = hopsOfConfig(inner, [inner, edge], () => `id-${(next += 1)}`);
    expect(hops.map((hop) => hop.address)).toEqual(['ops@edge.example.net', 'mid', 'dba@gate.internal']);
    expect(hops[0]).toMatchObject({ port: 2222, method: 'key', keyFile: '/k' });
  });

  it('moves a hop by one place and never over the ends', () => {
    const hops = ['a', 'b', 'c'].map(newHop);
    const ids = (index: number, step: 1 | -1): string =>
      moveHop(hops, index, step)
        .map((hop) => hop.id)
        .join('');
    expect([ids(0, 1), ids(2, -1), ids(0, -1), ids(2, 1)]).toEqual(['bac', 'acb', 'abc', 'abc']);
  });
});
