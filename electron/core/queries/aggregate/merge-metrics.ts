import type { Distribution } from '@shared/model/query-capture';
import { mergeDistributions } from '@shared/stats/distribution';

/** Distributions of both by attribute; an attribute that one of them lacks is the other's. */
export function mergeMetrics(
  a: Readonly<Record<string, Distribution>>,
  b: Readonly<Record<string, Distribution>>,
): Readonly<Record<string, Distribution>> {
  const merged: Record<string, Distribution> = { ...a };
  for (const [name, other] of Object.entries(b)) {
    const one = merged[name];
    merged[name] = one ? mergeDistributions(one, other) : other;
  }
  return merged;
}
