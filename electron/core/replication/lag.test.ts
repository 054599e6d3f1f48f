import { describe, expect, it } from 'vitest';
import { channelOf, sampleOf } from '../testing/sample-of';
import { judgeLag, type LagEvidence } from './lag';
import { PrimaryPositions } from './primary-positions';

const evidence = (change: Partial<LagEvidence> & { channel?: LagEvidence['channel'] } = {}): LagEvidence => {
  const channel = change.channel ?? channelOf();
  return {
    sample: sampleOf({ channels: [channel] }),
    channel,
    askedAtMs: 1_000_000,
    replicaSkewMs: 0,
    primarySkewMs: 0,
    positionSeconds: 0,
    primaryVisible: true,
    ...change,
  };
};

describe('lag', () => {
  it('never shows 0 for a receiver that claims to run and hears nothing while the primary is not seen', () => {
    const silent = channelOf({ heardAtMs: 1_000_000 - 40_000, serverLagSeconds: 0 });
    const lag = judgeLag(evidence({ channel: silent, positionSeconds: null, primaryVisible: false }));
    expect(lag.seconds).toBe(40);
    expect(lag.why).toBe('receiver has heard nothing for 40 s');
  });

  it('grows with the primary’s writes although the server itself says 0', () => {
    expect(judgeLag(evidence({ positionSeconds: 12 }))).toMatchObject({
      seconds: 12,
      basis: 'position',
      serverSeconds: 0,
    });
  });

  it('is 0 behind a visible idle primary, whatever the receiver does', () => {
    expect(
      judgeLag(evidence({ channel: channelOf({ receiver: 'connecting', serverLagSeconds: null, heardAtMs: 0 }) }))
        .seconds,
    ).toBe(0);
  });

  it('takes the heartbeat for the truth, with the clocks’ difference removed', () => {
    const lag = judgeLag(
      evidence({
        sample: sampleOf({ heartbeatAtMs: 1_005_000 - 2000, serverNowMs: 1_000_000 }),
        replicaSkewMs: 0,
        primarySkewMs: 5000,
      }),
    );
    expect(lag).toMatchObject({ basis: 'heartbeat', heartbeatSeconds: 2, seconds: 2 });
  });

  it('removes the clocks’ difference from the workers’ time stamps', () => {
    const workers = { applyingOriginMs: 1_000_000 - 3000 + 7000, appliedOriginMs: null, appliedEndMs: null };
    expect(
      judgeLag(evidence({ channel: channelOf({ workers }), primarySkewMs: 7000, positionSeconds: null })).workerSeconds,
    ).toBe(3);
  });

  it('says NULL as null and why', () => {
    const stopped = channelOf({ applier: 'stopped', applierErrno: 1062, serverLagSeconds: null });
    expect(judgeLag(evidence({ channel: stopped, positionSeconds: null }))).toMatchObject({
      serverSeconds: null,
      seconds: null,
      why: 'applier stopped, error 1062',
    });
  });
});

describe('positions of the primary', () => {
  const seen = new PrimaryPositions();
  for (let second = 0; second <= 10; second += 1) seen.note(second * 1000, String(second));
  const applied = (upTo: number) => (position: string) => Number(position) <= upTo;

  it('gives the age of the first position that the replica lacks', () => {
    expect(seen.lagSeconds(10_000, 10_000, applied(4))).toBe(5);
    expect(seen.lagSeconds(10_000, 10_000, applied(10))).toBe(0);
  });
  it('does not hold against a replica what was seen after it was asked', () => {
    expect(seen.lagSeconds(4000, 4000, applied(4))).toBe(0);
  });
  it('knows nothing before anything was seen', () => {
    expect(new PrimaryPositions().lagSeconds(1, 1, () => true)).toBeNull();
  });
});
