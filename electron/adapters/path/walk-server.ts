import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Connection } from 'mysql2';
import { MidwatchError } from '@shared/errors';
import type { PathStageName } from '@shared/model/path-test';
import type { ResolvedTarget } from '../../core/ports/path-tester';
import { readGreeting, silentPort } from '../mysql/greeting';
import { describeMysqlError } from '../mysql/mysql-errors';
import { Mysql2Session } from '../mysql/mysql2-session';
import { signIn } from '../mysql/sign-in';
import { readTlsOptions } from '../mysql/tls-options';
import { startDeadline } from '../network/deadline';
import { describeCertificate } from './describe-certificate';
import { judgeRights } from './judge-rights';
import type { PathRecorder } from './path-recorder';
import { stageTimedOut } from './stage-limit';
import { describeConnection, type Foothold } from './walk-reach';

export interface ServerWalk {
  readonly recorder: PathRecorder;
  readonly leg: number;
  readonly target: ResolvedTarget;
  readonly stream: Duplex;
  readonly from: Foothold;
  readonly programName: string;
  readonly limitMs: number;
}

/** The server's stages after the connection: its greeting (part of `tcp`), `tls`, `sign-in` and `rights`. */
export async function walkServer(walk: ServerWalk, signal: AbortSignal): Promise<void> {
  const { recorder, leg, target, stream, limitMs } = walk;
  const version = await greet(walk, signal);
  let stage: PathStageName = 'tls';
  try {
    const connection = await secureAndSignIn(walk, signal, (next) => (stage = next));
    const session = new Mysql2Session({ connection, stream, party: target, greetingVersion: version });
    try {
      stage = 'rights';
      recorder.begin(leg, 'rights');
      recorder.pass(leg, 'rights', await judgeRights(session, limitMs));
    } finally {
      await session.close();
    }
  } catch (error) {
    if (signal.aborted || !(error instanceof MidwatchError)) throw error;
    recorder.fail(leg, stage, error);
  }
}

async function greet(
  { recorder, leg, target, stream, from, limitMs }: ServerWalk,
  signal: AbortSignal,
): Promise<string> {
  const deadline = startDeadline(signal, limitMs, () => silentPort(target, limitMs));
  try {
    const { version } = await readGreeting(stream, target, deadline.signal);
    recorder.pass(leg, 'tcp', `${describeConnection(stream, from)}, greeted by ${version}`);
    return version;
  } catch (error) {
    if (signal.aborted) throw error;
    return recorder.fail(leg, 'tcp', describeMysqlError(error, target, 'connect'));
  } finally {
    deadline.clear();
  }
}

/** One call of mysql2 does both; the moment between them divides the stages, each with a limit of its own. */
async function secureAndSignIn(
  { recorder, leg, target, stream, programName, limitMs }: ServerWalk,
  signal: AbortSignal,
  enter: (stage: PathStageName) => void,
): Promise<Connection> {
  const deadline = startDeadline(signal, limitMs, () => stageTimedOut(`${target.host}:${target.port}`, limitMs));
  const beginSignIn = () => {
    enter('sign-in');
    recorder.begin(leg, 'sign-in');
    deadline.restart();
  };
  const onSecure = (socket: TLSSocket) => {
    recorder.pass(leg, 'tls', describeCertificate(socket, target.tls.mode));
    beginSignIn();
  };
  try {
    if (target.tls.mode === 'off') {
      recorder.skip(leg, 'tls');
      beginSignIn();
    } else recorder.begin(leg, 'tls');
    const tls = await readTlsOptions(target.tls);
    const connection = await signIn(stream, { ...target, tls, programName, onSecure }, deadline.signal);
    recorder.pass(leg, 'sign-in', `as ${target.user}, connection ${connection.threadId}`);
    return connection;
  } finally {
    deadline.clear();
  }
}
