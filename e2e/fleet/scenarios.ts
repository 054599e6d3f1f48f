/** Which server speaks. */
export type Dialect = 'mysql' | 'mariadb';

/** One server of a scenario. */
interface MemberPlan {
  readonly name: string;
  readonly cluster: string;
  readonly role: 'primary' | 'intermediate' | 'replica';
  /** The member it replicates from. */
  readonly source?: string;
  readonly region?: string;
  /** One-way delay in milliseconds of the link it replicates over; such a member replicates through a link of its own. */
  readonly linkDelayMs?: number;
}

/** One SSH server in front of a region, or of everything. */
interface BastionPlan {
  readonly name: string;
  readonly region?: string;
}

/** A fleet as data: what to start and who follows whom. Sources stand before their replicas. */
export interface Scenario {
  readonly name: string;
  readonly dialect: Dialect;
  readonly members: readonly MemberPlan[];
  readonly bastions: readonly BastionPlan[];
}

/** Names that {@link planScenario} knows; `shards:N` takes 1 to 40 shards. */
export type ScenarioName = 'wallet' | 'shop' | 'payments' | 'shards' | `shards:${number}`;

/** One-way delays in milliseconds from the region eu. */
const wanDelaysMs = { us: 40, ap: 90 } as const;

/**
 * Plans a scenario.
 * @param hops 0 to 2 SSH servers in front of the instances; `payments` has one for each region already, and 2 puts an outer one before them
 * @throws Error that lists the known names
 */
export function planScenario(name: string, hops: 0 | 1 | 2 = 0): Scenario {
  const shardCount = /^shards(?::(\d+))?$/.exec(name);
  if (shardCount) return planShards(Number(shardCount[1] ?? 10), hops);
  switch (name) {
    case 'wallet':
      return { name, dialect: 'mysql', members: planCluster('wallet', 3), bastions: planHops(hops) };
    case 'shop':
      return { name, dialect: 'mariadb', members: planCluster('shop', 2), bastions: planHops(hops) };
    case 'payments':
      return planPayments(hops);
    default:
      throw new Error(`Unknown scenario ${name}. Known: wallet, shop, payments, shards, shards:N`);
  }
}

function planCluster(cluster: string, replicaCount: number): MemberPlan[] {
  const primary = `${cluster}-1`;
  const replicas = Array.from({ length: replicaCount }, (_, index): MemberPlan => {
    return { name: `${cluster}-${index + 2}`, cluster, role: 'replica', source: primary };
  });
  return [{ name: primary, cluster, role: 'primary' }, ...replicas];
}

function planShards(count: number, hops: 0 | 1 | 2): Scenario {
  if (count < 1 || count > 40) throw new Error(`shards:${count} is out of range. Take 1 to 40.`);
  const members = Array.from({ length: count }, (_, index) => {
    return planCluster(`shard-${String(index + 1).padStart(2, '0')}`, 2);
  });
  return { name: 'shards', dialect: 'mysql', members: members.flat(), bastions: planHops(hops) };
}

function planPayments(hops: 0 | 1 | 2): Scenario {
  const cluster = 'payments';
  const members: MemberPlan[] = [
    { name: 'eu-1', cluster, role: 'primary', region: 'eu' },
    { name: 'eu-2', cluster, role: 'replica', source: 'eu-1', region: 'eu' },
  ];
  for (const [region, linkDelayMs] of Object.entries(wanDelaysMs)) {
    members.push(
      { name: `${region}-1`, cluster, role: 'intermediate', source: 'eu-1', region, linkDelayMs },
      { name: `${region}-2`, cluster, role: 'replica', source: `${region}-1`, region },
    );
  }
  const outer = hops === 2 ? [{ name: 'bastion-outer' }] : [];
  const bastions = ['eu', ...Object.keys(wanDelaysMs)].map((region) => ({ name: `bastion-${region}`, region }));
  return { name: cluster, dialect: 'mysql', members, bastions: [...outer, ...bastions] };
}

function planHops(hops: number): BastionPlan[] {
  return Array.from({ length: hops }, (_, index) => ({ name: `bastion-${index + 1}` }));
}
