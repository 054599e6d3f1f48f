import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SshAuth } from '@shared/model/inventory';
import type { HopInput, PathTest } from '@shared/model/path-test';
import { labPassphrase, type Bastion as LabBastion } from '../../../e2e/fleet/bastion';
import type { RunningFleet } from '../../../e2e/fleet/fleet';
import { openTemporaryLab } from '../../../e2e/fleet/lab';
import { readToolchain } from '../../../e2e/fleet/toolchain';
import type { HostKeys, PinnedKey } from '../../core/ports/host-keys';
import type { ResolvedTarget } from '../../core/ports/path-tester';
import { FreshPathTester, type FreshPathTesterParts } from './path-tester';

const never = new AbortController().signal;
const lab = openTemporaryLab();
let fleet: RunningFleet;
let outer: LabBastion;
let inner: LabBastion;

beforeAll(async () => {
  fleet = await lab.up('shards:1', { hops: 2 });
  outer = fleet.bastion('bastion-1');
  inner = fleet.bastion('bastion-2');
});
afterAll(() => lab.close());

function trusting(...bastions: readonly LabBastion[]): HostKeys {
  const keys: PinnedKey[] = bastions.map(({ host, port, hostKeyFingerprint }) => {
    return { host, port, fingerprint: hostKeyFingerprint, pinnedAtMs: 0 };
  });
  return {
    find: (host, port) => keys.find((key) => key.host === host && key.port === port) ?? null,
    pin: () => undefined,
    forget: () => undefined,
  };
}

function hop(bastion: LabBastion, changes: Partial<HopInput> = {}): HopInput {
  const auth: SshAuth = { method: 'key', keyFile: bastion.privateKeyPath };
  const { name, host, port, user } = bastion;
  return { id: name, name, host, port, user, auth, ...changes };
}

function target(changes: Partial<ResolvedTarget> = {}): ResolvedTarget {
  return {
    host: '127.0.0.1',
    port: fleet.primary.port,
    user: 'midwatch_read',
    password: 'midwatch_read',
    tls: { mode: 'off' },
    hops: [],
    ...changes,
  };
}

async function walk(wanted: ResolvedTarget, parts: Partial<FreshPathTesterParts> = {}): Promise<PathTest> {
  const tester = new FreshPathTester({ hostKeys: trusting(outer, inner), ...parts });
  let last: PathTest | null = null;
  for await (const picture of tester.test(wanted, never)) last = picture;
  if (!last) throw new Error('no picture');
  return last;
}

/** `leg.stage code`, the one that failed. */
function failure(test: PathTest): string {
  expect(test.state).toBe('failed');
  const failed = test.legs.flatMap((leg, index) =>
    leg.stages.flatMap((stage) => (stage.state === 'failed' ? [{ index, stage }] : [])),
  );
  expect(failed).toHaveLength(1);
  const only = failed[0];
  if (!only) throw new Error('nothing failed');
  expect(only.stage.error.message).not.toBe('');
  expect(only.stage.error.nextStep).not.toBe('');
  const after = test.legs[only.index]?.stages.slice((test.legs[only.index]?.stages.indexOf(only.stage) ?? 0) + 1);
  expect(after?.every(({ state }) => state === 'not-tried')).toBe(true);
  return `${only.index}.${only.stage.name} ${only.stage.error.code}`;
}

const evidence = (test: PathTest): readonly (readonly string[])[] =>
  test.legs.map((leg) => leg.stages.map((stage) => (stage.state === 'passed' ? stage.evidence : stage.state)));

const ca = () => path.join(readToolchain().tlsFolder, 'ca.pem');
const otherCa = () => path.join(readToolchain().tlsFolder, 'other-ca.pem');

describe('a way that works', () => {
  it('directly, with TLS: each stage has its evidence and time', async () => {
    const test = await walk(target({ host: 'localhost', tls: { mode: 'verify-identity', caFile: ca() } }));
    expect(test.state).toBe('passed');
    expect(evidence(test)).toEqual([
      [
        expect.stringMatching(/127\.0\.0\.1.*asked on this computer/),
        expect.stringMatching(/^connected to 127\.0\.0\.1:\d+, greeted by 9\./),
        expect.stringMatching(/^TLSv1\.3, CA and name verified, certificate of Midwatch lab server until /),
        expect.stringMatching(/^as midwatch_read, connection \d+$/),
        expect.stringMatching(/^MySQL 9\.\d+\.\d+; .*: yes/),
      ],
    ]);
    for (const stage of test.legs[0]?.stages ?? []) expect(stage).toHaveProperty('tookMs');
  });

  it('through two hops, drawn stage by stage', async () => {
    const tester = new FreshPathTester({ hostKeys: trusting(outer, inner) });
    const pictures: PathTest[] = [];
    for await (const picture of tester.test(target({ hops: [hop(outer), hop(inner)] }), never)) pictures.push(picture);
    expect(
      pictures[0]?.legs
        .flatMap(({ stages }) => stages.map(({ state }) => state))
        .every((state) => state === 'not-tried'),
    ).toBe(true);
    expect(pictures.length).toBeGreaterThan(20);
    const last = pictures.at(-1);
    expect(last?.state).toBe('passed');
    expect(last && evidence(last)).toEqual([
      [
        'an address, nothing to look up',
        `connected to 127.0.0.1:${outer.port}`,
        `${outer.hostKeyFingerprint}, as trusted`,
        `as ${outer.user} by key`,
      ],
      [
        'an address, nothing to look up',
        'connected from bastion-1',
        `${inner.hostKeyFingerprint}, as trusted`,
        `as ${inner.user} by key`,
      ],
      [
        'an address, nothing to look up',
        expect.stringMatching(/^connected from bastion-2, greeted by 9\./),
        'skipped',
        expect.stringMatching(/^as midwatch_read/),
        expect.stringMatching(/^MySQL 9/),
      ],
    ]);
  });

  it('with a typed passphrase', async () => {
    const locked = hop(outer, { auth: { method: 'key', keyFile: outer.encryptedKeyPath }, passphrase: labPassphrase });
    expect((await walk(target({ hops: [locked] }))).state).toBe('passed');
  });

  it('leaves no session and no tunnel behind', async () => {
    await walk(target({ hops: [hop(outer)] }));
    await expect
      .poll(() =>
        fleet.primary.query("SELECT COUNT(*) AS n FROM information_schema.processlist WHERE user = 'midwatch_read'"),
      )
      .toEqual([{ n: '0' }]);
  });
});

describe('a way that fails names the leg, the stage and the cause', () => {
  it.each<[string, string, () => ResolvedTarget]>([
    ['wrong host', '0.name name-not-found', () => target({ host: 'no-such-host.invalid' })],
    ['wrong port', '0.tcp connection-refused', () => target({ port: 1 })],
    ['the SSH port', '0.tcp not-mysql', () => target({ port: outer.port })],
    ['wrong password', '0.sign-in access-denied', () => target({ password: 'wrong' })],
    ['wrong CA', '0.tls tls-ca-rejected', () => target({ tls: { mode: 'verify-ca', caFile: otherCa() } })],
    ['no CA file', '0.tls tls-file-unreadable', () => target({ tls: { mode: 'verify-ca', caFile: '/nowhere.pem' } })],
    [
      'another name',
      '0.tls tls-identity-mismatch',
      () => target({ host: '127.1', tls: { mode: 'verify-identity', caFile: ca() } }),
    ],
    ['no grants', '0.rights missing-privilege', () => target({ user: 'bare', password: 'bare' })],
    [
      'wrong bastion host',
      '0.name name-not-found',
      () => target({ hops: [hop(outer, { host: 'no-such-host.invalid' })] }),
    ],
    ['wrong bastion port', '0.tcp connection-refused', () => target({ hops: [hop(outer, { port: 1 })] })],
    ['wrong second hop', '1.tcp connection-refused', () => target({ hops: [hop(outer), hop(inner, { port: 1 })] })],
    [
      'unknown second hop',
      '1.name name-not-found',
      () => target({ hops: [hop(outer), hop(inner, { host: 'no-such-host.invalid' })] }),
    ],
    ['no server behind', '1.tcp connection-refused', () => target({ port: 1, hops: [hop(outer)] })],
    ['MySQL as bastion', '0.host-key ssh-protocol', () => target({ hops: [hop(outer, { port: fleet.primary.port })] })],
    ['wrong user', '0.sign-in ssh-auth-failed', () => target({ hops: [hop(outer, { user: 'nobody-here' })] })],
    [
      'missing passphrase',
      '0.sign-in secret-missing',
      () => target({ hops: [hop(outer, { auth: { method: 'key', keyFile: outer.encryptedKeyPath } })] }),
    ],
    [
      'wrong passphrase',
      '0.sign-in ssh-passphrase-wrong',
      () =>
        target({ hops: [hop(outer, { auth: { method: 'key', keyFile: outer.encryptedKeyPath }, passphrase: 'x' })] }),
    ],
    ['no agent', '0.sign-in ssh-agent-missing', () => target({ hops: [hop(outer, { auth: { method: 'agent' } })] })],
  ])('%s: %s', async (_name, expected, wanted) => {
    const test = await walk(wanted(), { agentSocket: () => undefined, stageMs: 2_000 });
    expect(failure(test)).toContain(expected);
  });

  it('an unknown host key, before any sign-in', async () => {
    const test = await walk(target({ hops: [hop(outer)] }), { hostKeys: trusting() });
    expect(failure(test)).toBe('0.host-key host-key-unknown');
    expect(JSON.stringify(test)).toContain(outer.hostKeyFingerprint);
  });

  it('a changed host key, with both fingerprints', async () => {
    const old: PinnedKey = { host: outer.host, port: outer.port, fingerprint: 'SHA256:old', pinnedAtMs: 0 };
    const hostKeys: HostKeys = { find: () => old, pin: () => undefined, forget: () => undefined };
    const test = await walk(target({ hops: [hop(outer)] }), { hostKeys });
    expect(failure(test)).toBe('0.host-key host-key-changed');
    expect(test.legs[0]?.stages[2]).toMatchObject({
      error: { details: { pinned: 'SHA256:old', offered: outer.hostKeyFingerprint } },
    });
  });

  it('max_connections reached', async () => {
    const replica = fleet.replicas[0] ?? fleet.primary;
    const holder = await replica.connect();
    await holder.query('SET GLOBAL max_connections = 1');
    // One place is kept for administrators and refused only after the sign-in; without it the greeting itself refuses.
    expect(failure(await walk(target({ port: replica.port })))).toBe('0.sign-in too-many-connections');
    const last = await replica.connect();
    expect(failure(await walk(target({ port: replica.port })))).toBe('0.tcp too-many-connections');
    await holder.query('SET GLOBAL max_connections = 150');
    for (const connection of [holder, last]) connection.destroy();
  });

  it('a server that hangs, within the limit of the stage', async () => {
    fleet.primary.pause();
    expect(failure(await walk(target(), { stageMs: 300 }))).toBe('0.tcp not-mysql');
    fleet.primary.resume();
  });

  it('never shows a secret', async () => {
    const test = await walk(target({ password: 'hunter2', hops: [hop(outer, { password: 'swordfish' })] }));
    expect(failure(test)).toBe('1.sign-in access-denied');
    expect(JSON.stringify(test)).not.toMatch(/hunter2|swordfish/);
  });
});

it('an abort ends the walk with its own reason', async () => {
  const controller = new AbortController();
  fleet.primary.pause();
  const pictures = new FreshPathTester({ hostKeys: trusting() }).test(target(), controller.signal);
  const drain = async () => {
    for await (const picture of pictures) if (picture.legs[0]?.stages[1]?.state === 'running') controller.abort();
  };
  await expect(drain()).rejects.toMatchObject({ name: 'AbortError' });
  fleet.primary.resume();
});
