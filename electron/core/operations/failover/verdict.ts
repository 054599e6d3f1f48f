import type { Verdict, VerdictKind, Viewpoint } from '@shared/model/verdict';

export interface VerdictInput {
  readonly primary: string;
  readonly viewpoints: readonly Viewpoint[];
  /** Sessions that wait for a semi-sync acknowledgement; only where the primary answers. */
  readonly waitingForAck: number;
  readonly ackersConnected: number;
  /** Acknowledgements that each commit waits for; MariaDB: 1. */
  readonly acksWanted: number;
}

/**
 * What the outage is, from what each viewpoint saw. Pure. Only what was proven to be dead, hung or out of everybody's reach
 * offers a failover; one replica that still hears the primary forbids it: then only this console is blind.
 */
export function judgeVerdict(input: VerdictInput): Verdict {
  const { primary, viewpoints } = input;
  const made = (kind: VerdictKind, sentence: string, nextStep: string): Verdict => ({
    kind,
    sentence,
    offersFailover: kind === 'dead' || kind === 'hung' || kind === 'host-lost',
    nextStep,
    viewpoints,
  });
  const consoleView = viewpoints.find((one) => one.kind === 'console');
  const replicas = viewpoints.filter((one) => one.kind === 'replica');
  const host = viewpoints.find((one) => one.kind === 'host');
  const hearing = replicas.filter((one) => one.saw === 'answers');
  const deaf = replicas.filter((one) => one.saw === 'refuses' || one.saw === 'silent');
  const places = (list: readonly Viewpoint[]): string => list.map((one) => one.from).join(', ');

  if (consoleView?.saw === 'answers') {
    // The server counts a way that is only silent as connected until its own time is over.
    const nobodyHears = deaf.length > 0 && hearing.length === 0;
    if (input.waitingForAck > 0 && (input.ackersConnected < input.acksWanted || nobodyHears))
      return made(
        'semi-sync-locked',
        `${primary} lives: ${input.waitingForAck} commits wait for acknowledgements that too few replicas give`,
        'Bring a replica back, or lower rpl_semi_sync_source_wait_for_replica_count; a failover would lose these commits',
      );
    return made('alive', `${primary} answers`, 'Plan a switchover: it loses nothing');
  }
  if (consoleView?.saw === 'full')
    return made(
      'overloaded',
      `${primary} lives and has no connection left`,
      'End sessions through the process list, or raise max_connections; it is not dead',
    );
  if (hearing.length > 0)
    return made(
      'unseen',
      `Only this console cannot see ${primary}: ${places(hearing)} still hear${hearing.length === 1 ? 's' : ''} it`,
      'Mend this console’s way to it (tunnel, network, firewall); a failover would split the cluster',
    );
  if (host?.saw === 'gone')
    return made(
      'dead',
      `${primary} is dead: its host runs no server${deaf.length > 0 ? `, and ${places(deaf)} lost it` : ''}`,
      'Fail over to the best candidate',
    );
  if (host?.saw === 'hangs')
    return made(
      'hung',
      `${primary} hangs: its process is there and answers nobody (${host.evidence})`,
      'Fail over: its process is ended first, so that it cannot come back and write',
    );
  if (deaf.length === 0)
    return made(
      'unclear',
      `Nobody can say what ${primary} is: no replica could be asked`,
      'Reach a replica or the host first; with one viewpoint alone nothing is certain',
    );
  if (host?.saw === 'answers')
    return made(
      'hung',
      `${primary} runs on its host and answers nobody`,
      'Fail over: its process is ended first, so that it cannot come back and write',
    );
  const refusing = [
    ...(consoleView?.saw === 'refuses' ? [consoleView] : []),
    ...deaf.filter((one) => one.saw === 'refuses'),
  ];
  if (consoleView?.saw === 'refuses' && refusing.length > 1)
    return made(
      'dead',
      `${primary} is dead: its host refuses connections from ${refusing.length} places (${places(refusing)})`,
      'Fail over to the best candidate',
    );
  const told = replicas.every((one) => one.saw === 'refuses' || one.saw === 'silent' || one.saw === 'cannot-tell');
  if (told && consoleView && consoleView.saw !== 'cannot-tell')
    return made(
      'host-lost',
      `${primary} is out of everybody’s reach: nobody hears it, and nobody can look whether it still runs`,
      'Fail over only when it is certain that it cannot write: power it off, or cut it from its applications',
    );
  return made(
    'unclear',
    `Nobody can say what ${primary} is`,
    'Ask again in a few seconds; the viewpoints do not agree',
  );
}
