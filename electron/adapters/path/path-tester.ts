import type { Client } from 'ssh2';
import type { PathTest } from '@shared/model/path-test';
import type { HostKeys } from '../../core/ports/host-keys';
import type { PathTester, ResolvedTarget } from '../../core/ports/path-tester';
import { defaultAgentSocket } from '../ssh/ssh-agent';
import { PathRecorder, StageFailed, type LegPlan } from './path-recorder';
import { defaultStageMs } from './stage-limit';
import { walkHop } from './walk-hop';
import { describeConnection, walkReach, type Foothold } from './walk-reach';
import { walkServer } from './walk-server';

export interface FreshPathTesterParts {
  readonly hostKeys: HostKeys;
  readonly agentSocket?: () => string | undefined;
  /** Limit of each stage in ms; 10 s by default. */
  readonly stageMs?: number;
}

/**
 * Walks a way on connections of its own, which end with the test; the shared tunnels are not touched. An abort ends the
 * iteration with the signal's reason.
 */
export class FreshPathTester implements PathTester {
  readonly #parts: FreshPathTesterParts;

  constructor(parts: FreshPathTesterParts) {
    this.#parts = parts;
  }

  async *test(target: ResolvedTarget, signal: AbortSignal): AsyncGenerator<PathTest> {
    const recorder = new PathRecorder(planLegs(target));
    const left = new AbortController();
    const walk = this.#walk(recorder, target, AbortSignal.any([signal, left.signal]));
    try {
      yield* recorder.pictures(walk);
    } finally {
      left.abort();
      await walk.catch(() => undefined);
    }
    signal.throwIfAborted();
  }

  async #walk(recorder: PathRecorder, target: ResolvedTarget, signal: AbortSignal): Promise<void> {
    const limitMs = this.#parts.stageMs ?? defaultStageMs;
    const clients: Client[] = [];
    try {
      let from: Foothold = null;
      for (const [leg, hop] of target.hops.entries()) {
        const socket = await walkReach({ recorder, leg, target: hop, from, limitMs }, signal);
        recorder.pass(leg, 'tcp', describeConnection(socket, from));
        const { hostKeys } = this.#parts;
        const agentSocket = (this.#parts.agentSocket ?? defaultAgentSocket)();
        const client = await walkHop({ recorder, leg, hop, socket, hostKeys, agentSocket, limitMs }, signal);
        client.on('error', () => undefined);
        clients.push(client);
        from = { hop, client };
      }
      const leg = target.hops.length;
      const stream = await walkReach({ recorder, leg, target, from, limitMs }, signal);
      stream.on('error', () => undefined);
      await walkServer({ recorder, leg, target, stream, from, programName: 'midwatch path test', limitMs }, signal);
      recorder.succeed();
    } catch (error) {
      if (!(error instanceof StageFailed)) throw error;
    } finally {
      for (const client of clients.reverse()) client.destroy();
    }
  }
}

function planLegs(target: ResolvedTarget): readonly LegPlan[] {
  return [
    ...target.hops.map((hop): LegPlan => {
      return {
        kind: 'hop',
        title: `${hop.user}@${hop.host}:${hop.port}`,
        stages: ['name', 'tcp', 'host-key', 'sign-in'],
      };
    }),
    { kind: 'server', title: `${target.host}:${target.port}`, stages: ['name', 'tcp', 'tls', 'sign-in', 'rights'] },
  ];
}
