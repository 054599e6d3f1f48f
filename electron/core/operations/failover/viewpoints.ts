import type { AppError } from '@shared/errors';
import type { Viewpoint } from '@shared/model/verdict';
import type { ChannelSample } from '../../dialect/server-sample';
import { heardAgeSeconds } from '../../replication/lag';
import type { CommandOutcome } from '../../ports/remote-host';
import type { InstanceReading } from '../cluster-reading';

/** Errors that say: something answered for the host, and no server listens. */
const refusing = new Set(['connection-refused']);
const silent = new Set(['connection-timeout', 'host-unreachable', 'cancelled', 'connection-lost']);

/** How this console sees the primary. */
export function consoleView(primary: InstanceReading): Viewpoint {
  const base = { from: 'This console', kind: 'console', ageMs: 0 } as const;
  if (primary.reached) return { ...base, saw: 'answers', evidence: 'It answered now' };
  const { code, message } = primary.error;
  if (code === 'too-many-connections') return { ...base, saw: 'full', evidence: message };
  // The kernel takes connections for a stopped process too; only the greeting never comes.
  if (code === 'statement-timeout' || code === 'not-mysql') return { ...base, saw: 'hangs', evidence: message };
  if (refusing.has(code)) return { ...base, saw: 'refuses', evidence: message };
  return { ...base, saw: silent.has(code) ? 'silent' : 'cannot-tell', evidence: message };
}

/** How long a receiver may hear nothing before its "running" is stale: two heartbeats and a half, at least 2.5 s. */
const deafAfterSeconds = (channel: ChannelSample): number =>
  Math.max(2.5, 2.5 * (channel.heartbeatPeriodSeconds ?? 30));

/** 2003: nobody listens (or no way there); 2013 and 2055: an open connection broke. */
const refusedErrno = new Set([2003]);

/**
 * How a replica sees the primary. "Receiver running" alone is stale evidence (it stays so for replica_net_timeout), so what
 * it heard last decides: `before` is an earlier reading of the same replica, for servers that do not say when they heard.
 */
export function replicaView(reading: InstanceReading, before: InstanceReading | null): Viewpoint {
  const base = { from: reading.instance.name, kind: 'replica' } as const;
  if (!reading.reached)
    return { ...base, saw: 'cannot-tell', evidence: `It does not answer: ${reading.error.message}`, ageMs: null };
  const channel = reading.sample.channels[0];
  if (!channel) return { ...base, saw: 'cannot-tell', evidence: 'It has no source', ageMs: null };
  const age = heardAgeSeconds(channel, reading.sample.serverNowMs);
  const ageMs = age === null ? null : Math.round(age * 1000);
  if (channel.receiver === 'stopped')
    return {
      ...base,
      saw: 'cannot-tell',
      evidence: `Its receiver is stopped${channel.receiverError ? `: ${channel.receiverError}` : ''}`,
      ageMs,
    };
  if (channel.receiver === 'connecting')
    return {
      ...base,
      saw:
        refusedErrno.has(channel.receiverErrno) && /\((111|61|10061)\)|refused/i.test(channel.receiverError)
          ? 'refuses'
          : 'silent',
      evidence: `Its receiver tries to connect${channel.receiverError ? `: error ${channel.receiverErrno}, ${channel.receiverError}` : ''}`,
      ageMs,
    };
  if (age !== null)
    return age > deafAfterSeconds(channel)
      ? {
          ...base,
          saw: 'silent',
          evidence: `Its receiver claims to run and heard nothing for ${age.toFixed(1)} s`,
          ageMs,
        }
      : { ...base, saw: 'answers', evidence: `Its receiver heard it ${age.toFixed(1)} s ago`, ageMs };
  const earlier = before?.reached ? before.sample.channels[0] : undefined;
  if (!earlier) return { ...base, saw: 'cannot-tell', evidence: 'Its receiver claims to run', ageMs: null };
  const heard =
    channel.receivedHeartbeats !== earlier.receivedHeartbeats ||
    channel.receivedGtid !== earlier.receivedGtid ||
    channel.sourceLogPosition !== earlier.sourceLogPosition;
  return heard
    ? { ...base, saw: 'answers', evidence: 'Its receiver heard it between two looks', ageMs: null }
    : {
        ...base,
        saw: 'silent',
        evidence: 'Its receiver claims to run and heard nothing between two looks',
        ageMs: null,
      };
}

/** How the host, asked by SSH, sees its server. `outcome`: of {@link serverStateCommand}. */
export function hostView(host: string, outcome: CommandOutcome | AppError): Viewpoint {
  const base = { from: `Host of ${host}`, kind: 'host', ageMs: 0 } as const;
  if ('code' in outcome)
    return { ...base, saw: outcome.code === 'unsupported' ? 'cannot-tell' : 'silent', evidence: outcome.message };
  const lines = outcome.stdout.trim().split('\n');
  if (outcome.exitCode !== 0 || lines.at(-1) !== 'end')
    return { ...base, saw: 'cannot-tell', evidence: `The host could not look: ${outcome.stderr.trim().slice(0, 200)}` };
  const [, state = '', pid = ''] = lines[0]?.startsWith('running') ? (lines[0] ?? '').split(' ') : [];
  if (pid === '') return { ...base, saw: 'gone', evidence: 'It runs no server with this data folder' };
  const stopped = state === 'T' || state === 't' || state === 'D';
  return {
    ...base,
    saw: stopped ? 'hangs' : 'answers',
    evidence: `Process ${pid} is ${state === 'D' ? 'waiting for the disk' : stopped ? 'stopped' : 'running'} (${state})`,
  };
}
