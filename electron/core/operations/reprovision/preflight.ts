import type { Check } from '@shared/model/plan';
import { heldPrivileges, capabilityRules } from '../../fleet/capabilities';
import { channelKey } from '../../fleet/topology';
import type { ClusterReading, InstanceReading, ReachedInstance } from '../cluster-reading';
import type { DivergenceReading } from '../divergence/divergence-of';
import type { ReplicationLogin } from '../steps/replication-login';
import { semiSyncCount, type Verdict } from '../switchover/preflight';
import type { CopyFacts } from './copy-facts';
import { sizeWords } from './copy-progress';
import { sameBackup } from './donor-board';

export interface FillChecksInput {
  readonly reading: ClusterReading;
  readonly primary: ReachedInstance | null;
  readonly recipient: InstanceReading;
  readonly donor: ReachedInstance | null;
  readonly facts: ReadonlyMap<string, CopyFacts>;
  /** null: the recipient or the primary does not answer. */
  readonly divergence: DivergenceReading | null;
  readonly login: ReplicationLogin;
  readonly accountPassword: string | null;
  readonly interruptedRun: string | null;
}

/** All questions of a re-provision, asked of readings taken just before. Order is the order of the screen. Pure. */
export function fillChecks(input: FillChecksInput): readonly Check[] {
  const { reading, primary, recipient, donor } = input;
  const check = (code: string, title: string, [status, evidence, advice]: Verdict): Check => ({
    code,
    title,
    status,
    evidence,
    advice: advice ?? '',
    atMs: reading.atMs,
  });
  const name = recipient.instance.name;
  const first = [
    check('primary', 'One primary, and it takes writes', primaryVerdict(primary)),
    check('no-interrupted-run', 'No earlier run is left open', openRun(input.interruptedRun)),
    check('recipient', `${name} is nobody’s source`, recipientVerdict(input)),
    check('errant', `Nothing that only ${name} holds is lost`, errantVerdict(input)),
  ];
  if (!primary || !donor || recipient.instance.id === primary.instance.id) return first;
  return [
    ...first,
    check('donor', 'A replica gives the copy', donorVerdict(donor, primary)),
    check('layout', 'Both servers keep their files alike', layoutVerdict(input, donor)),
    check('disk', `${name} has room for the copy`, diskVerdict(input, donor)),
    check('grants', 'The account has what it needs', grantsVerdict(recipient)),
    check('account', 'The account’s password can be sent safely', passwordVerdict(input.accountPassword)),
    check('replication-login', 'Replication can sign in to the primary', [
      input.login.ok ? 'pass' : 'fail',
      input.login.evidence,
      input.login.ok ? '' : 'Set the replication password in Inventory',
    ]),
    check('start', `${name} is started again`, startVerdict(input)),
    check('semi-sync', 'Enough replicas acknowledge meanwhile', semiSyncVerdict(primary, recipient, donor)),
    ...(donor.dialect.name === 'mysql'
      ? [check('tls', 'The copy travels encrypted', tlsVerdict(input, donor))]
      : [check('host', `The host of ${name} can take it`, hostVerdict(input, donor))]),
  ];
}

const factsOf = ({ facts }: FillChecksInput, one: InstanceReading): CopyFacts | undefined => facts.get(one.instance.id);

const primaryVerdict = (primary: ReachedInstance | null): Verdict =>
  primary === null
    ? ['fail', 'none was found, or it does not answer', 'A copy must follow somebody: settle who is the primary first']
    : primary.sample.readOnly
      ? ['fail', `${primary.instance.name} is read-only`, 'Settle who takes writes first']
      : ['pass', primary.instance.name];

const openRun = (run: string | null): Verdict =>
  run === null
    ? ['pass', 'None']
    : ['fail', `Run ${run} was interrupted`, 'Open it in Operations: settle it or acknowledge it first'];

function recipientVerdict({ reading, primary, recipient }: FillChecksInput): Verdict {
  const { id, name } = recipient.instance;
  if (primary?.instance.id === id) return ['fail', `${name} is the primary`, 'Switch over first, then fill it'];
  const followers = reading.readings.filter(
    (one) =>
      one.reached &&
      one.sample.channels.some((channel) => reading.topology.sources.get(channelKey(one.instance.id, channel)) === id),
  );
  if (followers.length > 0)
    return [
      'fail',
      `${followers.map((one) => one.instance.name).join(', ')} would lose their source`,
      'Let them follow another source first',
    ];
  if (recipient.reached && recipient.facts.groupMembers.length > 0)
    return ['fail', 'it is a member of a group', 'A group fills its members itself'];
  if (recipient.reached && recipient.sample.channels.length > 1)
    return ['fail', 'it follows several sources', 'A copy of one donor cannot replace them all'];
  if (recipient.reached) return ['pass', 'nobody follows it'];
  return reading.dialect === 'mariadb'
    ? [
        'warn',
        `it does not answer: ${recipient.error.message}`,
        'Nothing of it is thrown away: its folder is kept aside',
      ]
    : [
        'fail',
        `it does not answer: ${recipient.error.message}`,
        'Start it; an empty server is enough: CLONE is sent to it by SQL',
      ];
}

function errantVerdict({ recipient, primary, divergence, reading }: FillChecksInput): Verdict {
  if (!recipient.reached)
    return reading.dialect === 'mariadb'
      ? ['warn', 'it cannot be asked what it holds', 'Its old data folder is kept aside, and named in the report']
      : ['fail', 'it cannot be asked what it holds'];
  if (!divergence) return ['unknown', 'it could not be compared with the primary'];
  const { errant, way } = divergence;
  if (errant.text === '') return ['pass', `it holds nothing that ${primary?.instance.name ?? 'the primary'} lacks`];
  const count = errant.count === null ? 'transactions' : `${errant.count.toLocaleString('en')} transactions`;
  if (way === null || way.by === 'none')
    return [
      'fail',
      `${count} only here, and ${way?.why ?? 'they cannot be read'}`,
      'Bring them over by hand first, or rebuild it by hand',
    ];
  return [
    'warn',
    way.by === 'ssh'
      ? `${count} only here: they are saved as files, decoded and replayable, before anything is thrown away`
      : `${count} only here: only the list of their events can be saved, without rows, because ${way.why}`,
    'They do not come back by themselves: read the files afterwards',
  ];
}

const donorVerdict = (donor: ReachedInstance, primary: ReachedInstance): Verdict =>
  donor === primary
    ? ['warn', `${donor.instance.name} is the primary`, 'The copy takes of its disk and network what applications need']
    : ['pass', donor.instance.name];

function layoutVerdict(input: FillChecksInput, donor: ReachedInstance): Verdict {
  const [theirs, ours] = [factsOf(input, donor)?.layout, factsOf(input, input.recipient)?.layout];
  if (!input.recipient.reached)
    return [
      'warn',
      'it cannot be asked',
      'Its configuration must fit the donor’s files: page size, system tablespace, case of names',
    ];
  if (!theirs || !ours) return ['unknown', 'it cannot be read'];
  const differing = theirs.split('; ').filter((part) => !ours.split('; ').includes(part));
  return differing.length === 0
    ? ['pass', theirs]
    : [
        'fail',
        `the donor has ${differing.join(', ')}; ${input.recipient.instance.name} has ${ours}`,
        'Change its configuration first',
      ];
}

/** The donor's files and a tenth more: redo, and what is written while they are copied. */
function diskVerdict(input: FillChecksInput, donor: ReachedInstance): Verdict {
  const bytes = factsOf(input, donor)?.bytes;
  if (!bytes) return ['unknown', 'the size of the donor’s files cannot be read', 'Grant PROCESS'];
  const wanted = bytes * 1.1;
  const mine = factsOf(input, input.recipient);
  // CLONE writes into the data folder itself, which may be a volume of its own.
  const free = Number(mine?.host?.lines?.get(donor.dialect.name === 'mysql' ? 'inside' : 'free') ?? NaN);
  if (!Number.isFinite(free))
    return [
      'warn',
      `${sizeWords(bytes)} are to come, and what is free cannot be seen: ${mine?.host?.why || 'no SSH access to its host is set'}`,
      'Look yourself: a full disk ends the copy half-way',
    ];
  // CLONE drops the old tables first; MariaDB's old folder stays.
  const freed = donor.dialect.name === 'mysql' ? (mine?.droppableBytes ?? 0) : 0;
  return wanted <= free + freed
    ? ['pass', `${sizeWords(bytes)} are to come, ${sizeWords(free)} are free`]
    : [
        'fail',
        `${sizeWords(wanted)} are needed, ${sizeWords(free + freed)} can be had`,
        'Make room first: a full disk ends the copy half-way',
      ];
}

function grantsVerdict(recipient: InstanceReading): Verdict {
  if (!recipient.reached) return ['warn', 'its accounts come with the copy'];
  const held = heldPrivileges(recipient.facts.grants);
  if (held.has('ALL PRIVILEGES')) return ['pass', 'all held'];
  const lacking = capabilityRules.reprovision.needs[recipient.dialect.name]
    .filter((oneOf) => !oneOf.some((name) => held.has(name)))
    .map((oneOf) => oneOf[0]);
  return lacking.length === 0
    ? ['pass', 'all held']
    : ['fail', `${recipient.instance.name}: ${lacking.join(', ')}`, 'Grants tab of the cluster has the statements'];
}

/** It stands in a statement, or in an option file: neither takes every character safely. */
const passwordVerdict = (password: string | null): Verdict =>
  password === null
    ? ['fail', 'it is not known', 'Type it in Inventory']
    : /[\\\n\0]/.test(password)
      ? ['fail', 'it holds a backslash or a line break', 'Give the account another password']
      : ['pass', 'it is sent by the statement’s place, and written nowhere'];

function startVerdict({ recipient }: FillChecksInput): Verdict {
  const access = recipient.instance.hostAccess;
  if (access?.service) return ['pass', `by its unit ${access.service}`];
  if (access?.startCommand) return ['pass', `by ${access.startCommand}`];
  return [
    'warn',
    'nobody said how: a supervisor may do it, else a person must',
    'The run waits 10 minutes. Set a unit or a start command under "Host by SSH" in Inventory',
  ];
}

function semiSyncVerdict(primary: ReachedInstance, recipient: InstanceReading, donor: ReachedInstance): Verdict {
  const count = semiSyncCount(primary);
  if (count === 0 || !primary.sample.semiSyncSourceActive) return ['pass', 'not in use'];
  const clients =
    primary.sample.counters.get('rpl_semi_sync_source_clients') ??
    primary.sample.counters.get('rpl_semi_sync_master_clients');
  if (clients === undefined) return ['unknown', 'how many acknowledge cannot be read'];
  const acks =
    recipient.reached &&
    recipient.sample.channels[0]?.receiver === 'running' &&
    recipient.facts.variables.get('rpl_semi_sync_replica_enabled') === 'ON';
  const left = clients - (acks ? 1 : 0);
  if (left < count)
    return [
      'fail',
      `${count} must acknowledge, ${left} are left without ${recipient.instance.name}`,
      'Commits would wait: lower the count, or add a replica first',
    ];
  return left === count && donor !== primary
    ? [
        'warn',
        `${count} must acknowledge, ${left} are left, ${donor.instance.name} is one of them`,
        'While it gives the copy, commits may wait longer',
      ]
    : ['pass', `${count} must acknowledge, ${left} are left`];
}

function tlsVerdict(input: FillChecksInput, donor: ReachedInstance): Verdict {
  const takes = factsOf(input, donor)?.tls;
  return takes
    ? ['pass', `${donor.instance.name} takes TLS, and CLONE requires it`]
    : [
        'warn',
        `${donor.instance.name} takes no TLS: the data travel unencrypted`,
        'Set its certificate first where the network is not your own',
      ];
}

function hostVerdict(input: FillChecksInput, donor: ReachedInstance): Verdict {
  const mine = factsOf(input, input.recipient);
  if (!mine?.host) return ['fail', 'no SSH access to it is set', 'Set "Host by SSH" of the instance in Inventory'];
  const { lines, why } = mine.host;
  if (!lines) return ['fail', why, 'Look at its SSH access in Inventory'];
  const against = [
    ...(sameBackup(lines, donor) ? [] : [`it has ${lines.get('backup') || 'no mariadb-backup'}`]),
    ...(lines.get('mbstream') === 'yes' ? [] : ['it has no mbstream']),
    ...(lines.get('writable') === 'yes' ? [] : ['the SSH account may not make a folder beside the data folder']),
    ...(lines.get('volume') === 'yes' ? ['its data folder is a volume of its own: it cannot be moved aside'] : []),
    ...(lines.get('link') === 'yes' ? ['its data folder is a symbolic link'] : []),
    ...(input.recipient.reached && mine.elsewhere !== ''
      ? [`${mine.elsewhere ?? 'files that cannot be asked for'} outside its data folder`]
      : []),
  ];
  return against.length === 0
    ? ['pass', lines.get('backup') ?? '']
    : ['fail', against.join('; '), 'docs/reprovision.md says what a host needs'];
}
