import type { Duplex } from 'node:stream';
import { MidwatchError } from '@shared/errors';
import type { MysqlConnector, MysqlSession, MysqlTarget } from '../../core/ports/mysql-session';
import { startDeadline } from '../network/deadline';
import { dialTcp } from '../network/dial-tcp';
import type { StreamOpener } from '../network/stream-opener';
import { readGreeting, silentPort } from './greeting';
import { Mysql2Session } from './mysql2-session';
import { signIn } from './sign-in';
import { readTlsOptions } from './tls-options';

/** Opens sessions with mysql2, directly or through the shared tunnels. One limit covers tunnel, TCP, greeting and sign-in. */
export class Mysql2Connector implements MysqlConnector {
  readonly #tunnels: StreamOpener;

  constructor(parts: { readonly tunnels: StreamOpener }) {
    this.#tunnels = parts.tunnels;
  }

  async connect(target: MysqlTarget, signal: AbortSignal): Promise<MysqlSession> {
    const tls = await readTlsOptions(target.tls);
    let stage: Stage = 'reach';
    const deadline = startDeadline(signal, target.connectTimeoutMs, () => lateAt(stage, target));
    let stream: Duplex | null = null;
    try {
      stream = await this.#reach(target, deadline.signal);
      stage = 'greeting';
      const greeting = await readGreeting(stream, target, deadline.signal);
      stage = 'sign-in';
      const connection = await signIn(stream, { ...target, tls }, deadline.signal);
      return new Mysql2Session({ connection, stream, party: target, greetingVersion: greeting.version });
    } catch (error) {
      stream?.on('error', () => undefined);
      stream?.destroy();
      throw error;
    } finally {
      deadline.clear();
    }
  }

  #reach(target: MysqlTarget, signal: AbortSignal): Promise<Duplex> {
    return target.via.length === 0
      ? dialTcp(target, signal)
      : this.#tunnels.openStream(target.via, target.host, target.port, signal);
  }
}

type Stage = 'reach' | 'greeting' | 'sign-in';

function lateAt(stage: Stage, target: MysqlTarget): MidwatchError {
  if (stage === 'greeting') return silentPort(target, target.connectTimeoutMs);
  const at = `${target.host}:${target.port}`;
  return new MidwatchError(
    'connection-timeout',
    stage === 'reach' ? `${at} did not answer in time` : `${at} greeted and then did not finish the sign-in in time`,
    {
      nextStep:
        stage === 'reach'
          ? 'Check the address, and that a firewall lets this way through'
          : 'The server is overloaded or hangs: look at its load and error log',
      details: { host: target.host, port: target.port, user: target.user, stage, timeoutMs: target.connectTimeoutMs },
    },
  );
}
