import type { Finding } from '@shared/model/health';
import type { ActivityLog } from '../fleet/activity-log';

const keyOf = (finding: Finding): string => `${finding.code}/${finding.clusterId}/${finding.instanceId ?? ''}`;

/** Remembers since when each finding holds, and writes its coming and going to the activity log. */
export class FindingMemory {
  readonly #activity: ActivityLog;
  readonly #since = new Map<string, number>();
  readonly #open = new Map<string, { finding: Finding; lastSeenMs: number }>();
  readonly #round = new Map<string, Finding>();

  constructor(activity: ActivityLog) {
    this.#activity = activity;
  }

  /** First moment that this finding held without a break. */
  since(key: string, nowMs: number): number {
    const known = this.#since.get(key);
    if (known !== undefined) return known;
    this.#since.set(key, nowMs);
    return nowMs;
  }

  note(findings: readonly Finding[], clusterId: string): void {
    for (const finding of findings) this.#round.set(keyOf({ ...finding, clusterId }), finding);
  }

  /** Ends one judgement of the whole fleet: what is gone for 5 s has ended; a flicker does not fill the log. */
  endRound(nowMs: number): void {
    for (const [key, finding] of this.#round) {
      const open = this.#open.get(key);
      if (open) {
        open.lastSeenMs = nowMs;
        continue;
      }
      this.#open.set(key, { finding, lastSeenMs: nowMs });
      if (finding.severity !== 'note') this.#write(finding, finding.severity, finding.title);
    }
    for (const [key, { finding, lastSeenMs }] of this.#open) {
      if (nowMs - lastSeenMs < 5000) continue;
      this.#open.delete(key);
      this.#since.delete(key);
      if (finding.severity !== 'note') this.#write(finding, 'ok', `Over: ${finding.title}`);
    }
    for (const key of this.#since.keys()) if (!this.#open.has(key)) this.#since.delete(key);
    this.#round.clear();
  }

  #write(finding: Finding, severity: 'act' | 'watch' | 'ok' | 'note', text: string): void {
    this.#activity.note({
      kind: 'rule',
      severity,
      clusterId: finding.clusterId,
      instanceId: finding.instanceId ?? null,
      by: 'rule',
      text,
    });
  }
}
