import type { Lag } from '@shared/model/fleet';
import type { ChannelSample, ServerSample } from '../dialect/server-sample';

/** Everything that lag is judged from. Skews: the server's clock minus this computer's, ms. */
export interface LagEvidence {
  readonly sample: ServerSample;
  readonly channel: ChannelSample;
  /** This computer's clock, when the replica was asked. */
  readonly askedAtMs: number;
  readonly replicaSkewMs: number;
  readonly primarySkewMs: number;
  /** From PrimaryPositions; null when the primary is not seen. */
  readonly positionSeconds: number | null;
  readonly primaryVisible: boolean;
}

/** Silence longer than this many heartbeat periods (at least 3 s) means that the receiver hears nothing. */
const silentPeriods = 3;

/** Seconds since the source was last heard; null when the server does not tell. */
export function heardAgeSeconds(channel: ChannelSample, serverNowMs: number): number | null {
  return channel.heardAtMs === null ? null : Math.max(0, (serverNowMs - channel.heardAtMs) / 1000);
}

/** True when the receiver claims to run and has heard nothing for three heartbeat periods. */
export function isReceiverSilent(channel: ChannelSample, serverNowMs: number): boolean {
  const age = heardAgeSeconds(channel, serverNowMs);
  if (channel.receiver !== 'running' || age === null) return false;
  return age > Math.max(3, silentPeriods * (channel.heartbeatPeriodSeconds ?? 30));
}

/**
 * Three readings side by side and the one to show. The heartbeat row is the truth where there is one; else the position
 * as seen by this console; else the workers; the server's own seconds last, because they say 0 while a receiver is silent.
 * A silent or broken receiver never lets the shown value fall below the silence.
 */
export function judgeLag(evidence: LagEvidence): Lag {
  const { sample, channel, positionSeconds } = evidence;
  const serverSeconds = channel.serverLagSeconds;
  const workerSeconds = workerLagSeconds(evidence);
  const heartbeatSeconds =
    sample.heartbeatAtMs === null
      ? null
      : Math.max(
          0,
          (sample.serverNowMs - evidence.replicaSkewMs - (sample.heartbeatAtMs - evidence.primarySkewMs)) / 1000,
        );
  const heardAge = heardAgeSeconds(channel, sample.serverNowMs);
  const deaf = channel.receiver !== 'running' || isReceiverSilent(channel, sample.serverNowMs);
  const readings: readonly (readonly [Lag['basis'], number | null])[] = [
    ['heartbeat', heartbeatSeconds],
    ['position', positionSeconds],
    ['worker', workerSeconds],
    ['server', serverSeconds],
  ];
  const [basis, seconds] = readings.find(([, value]) => value !== null) ?? (['none', null] as const);
  // An idle primary that this console sees itself loses nothing to a deaf receiver; an unseen one may.
  const floor = deaf && !(evidence.primaryVisible && positionSeconds === 0) ? heardAge : null;
  const shown = floor !== null && (seconds === null || floor > seconds) ? floor : seconds;
  return {
    seconds: shown,
    basis: shown === seconds ? basis : 'position',
    serverSeconds,
    workerSeconds,
    heartbeatSeconds,
    positionSeconds,
    why: reason(evidence, deaf, heardAge),
  };
}

function reason({ channel }: LagEvidence, deaf: boolean, heardAge: number | null): string {
  if (channel.applier === 'stopped')
    return channel.applierErrno > 0 ? `applier stopped, error ${channel.applierErrno}` : 'applier stopped';
  if (channel.receiver === 'stopped')
    return channel.receiverErrno > 0 ? `receiver stopped, error ${channel.receiverErrno}` : 'receiver stopped';
  if (channel.receiver === 'connecting') return 'receiver is trying to connect';
  if (deaf) return `receiver has heard nothing for ${Math.round(heardAge ?? 0)} s`;
  if (channel.delaySeconds > 0) return `delayed on purpose by ${channel.delaySeconds} s`;
  return '';
}

/** The workers' commit timestamps, with the difference of the two clocks removed. */
function workerLagSeconds({
  sample,
  channel,
  replicaSkewMs,
  primarySkewMs,
  positionSeconds,
}: LagEvidence): number | null {
  const workers = channel.workers;
  if (!workers) return null;
  const seconds = (replicaMs: number, originMs: number): number =>
    Math.max(0, (replicaMs - replicaSkewMs - (originMs - primarySkewMs)) / 1000);
  if (workers.applyingOriginMs !== null) return seconds(sample.serverNowMs, workers.applyingOriginMs);
  if (workers.appliedOriginMs === null || workers.appliedEndMs === null) return null;
  // Nothing at work: with a backlog the newest applied transaction ages, without one its own delay is the lag.
  if (channel.applier === 'stopped' || (positionSeconds ?? 0) > 2)
    return seconds(sample.serverNowMs, workers.appliedOriginMs);
  return seconds(workers.appliedEndMs, workers.appliedOriginMs);
}
