import { MidwatchError } from '@shared/errors';
import type { Basis } from '@shared/model/plan';
import type { ClusterReading, ReachedInstance } from './cluster-reading';

/** What a plan stands on: who is who, who writes, who follows whom, and that no server was restarted meanwhile. */
export function basisOf(reading: ClusterReading): Basis {
  const facts: Record<string, string> = {};
  for (const one of reading.readings) {
    if (!one.reached) {
      facts[`${one.instance.name}: answers`] = 'no';
      continue;
    }
    const channel = one.sample.channels[0];
    facts[`${one.instance.name}: server`] = `${one.facts.serverUuid}, ${one.facts.version}`;
    facts[`${one.instance.name}: writes`] = one.sample.readOnly ? 'read-only' : 'writable';
    facts[`${one.instance.name}: follows`] = channel
      ? `${channel.sourceHost}:${channel.sourcePort}, receiver ${channel.receiver}, applier ${channel.applier}`
      : 'nobody';
    facts[`${one.instance.name}: started`] = startedAt(one);
  }
  return { seenAtMs: reading.atMs, facts };
}

/** Start of the server, to the second. */
function startedAt({ sample }: ReachedInstance): string {
  const uptime = sample.counters.get('uptime') ?? 0;
  return new Date(Math.round((sample.serverNowMs - uptime * 1000) / 1000) * 1000).toISOString();
}

/** Uptime counts whole seconds and is read a moment after the clock: this much is no restart. */
const startToleranceMs = 3000;

/** Facts of a basis that changed, as sentences. */
export function changedFacts(before: Basis, after: Basis): readonly string[] {
  const names = new Set([...Object.keys(before.facts), ...Object.keys(after.facts)]);
  return [...names].flatMap((name) => {
    const [was, is] = [before.facts[name] ?? 'absent', after.facts[name] ?? 'absent'];
    if (was === is) return [];
    if (name.endsWith(': started') && Math.abs(Date.parse(was) - Date.parse(is)) <= startToleranceMs) return [];
    return [`${name} was ${was}, is ${is}`];
  });
}

/** @throws MidwatchError `plan-expired` */
export function requireSameBasis(before: Basis, after: Basis): void {
  const changed = changedFacts(before, after);
  if (changed.length === 0) return;
  throw new MidwatchError('plan-expired', `The cluster has changed since the plan was made: ${changed.join('; ')}`, {
    nextStep: 'Ask again: a new plan is made from what is there now',
    details: { changed: changed.join('; ') },
  });
}
