import type { Finding, FindingCode } from '@shared/model/health';
import type { InstanceState } from '@shared/model/fleet';
import type { ChannelSample } from '../../dialect/server-sample';
import type { Observation } from '../observation';

/** One instance as a rule sees it: what was asked and what was judged so far. */
export interface Judged {
  readonly observation: Observation;
  readonly state: Omit<InstanceState, 'severity' | 'word'>;
  readonly channels: readonly ChannelSample[];
  readonly lagSlopePerMinute: number | null;
}

export interface RuleContext {
  readonly clusterId: string;
  readonly instances: readonly Judged[];
  readonly primary: Judged | null;
  readonly circle: ReadonlySet<string>;
  readonly nowMs: number;
  /** An operation is at work on this cluster, or was a moment ago: what it does on purpose is no finding. */
  readonly isOperating: boolean;
}

/** What a rule found: evidence as label and text. `instanceId` absent: the cluster as a whole. */
export interface Match {
  readonly instanceId?: string;
  readonly severity?: Finding['severity'];
  readonly title: string;
  readonly word: string;
  readonly evidence: readonly (readonly [label: string, text: string])[];
}

/** One row of the table of rules. */
export interface Rule {
  readonly code: FindingCode;
  readonly severity: Finding['severity'];
  readonly advice: string;
  readonly manualUrl: string;
  readonly find: (context: RuleContext) => readonly Match[];
}

/** Rules about one replica's channel look the same: walk every answering replica's channels. */
export const eachChannel =
  (test: (channel: ChannelSample, judged: Judged, context: RuleContext) => Match | null) =>
  (context: RuleContext): readonly Match[] =>
    context.instances.flatMap((judged) =>
      judged.state.reach !== 'answering' && judged.state.reach !== 'stale'
        ? []
        : judged.channels.flatMap((channel) => test(channel, judged, context) ?? []),
    );

export const eachInstance =
  (test: (judged: Judged, context: RuleContext) => Match | null) =>
  (context: RuleContext): readonly Match[] =>
    context.instances.flatMap((judged) => test(judged, context) ?? []);

export const mysqlManual = (page: string): string => `https://dev.mysql.com/doc/refman/en/${page}.html`;
export const mariadbManual = (page: string): string => `https://mariadb.com/kb/en/${page}/`;

/** Figures as screens print them. */
export const secondsText = (seconds: number): string =>
  seconds < 1
    ? `${seconds.toFixed(2)} s`
    : seconds < 60
      ? `${seconds.toFixed(1)} s`
      : seconds < 3600
        ? `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`
        : `${(seconds / 3600).toFixed(1)} h`;
