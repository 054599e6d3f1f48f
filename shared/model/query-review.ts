import type { Capture, CaptureSourceKind, Coverage, StatementClass } from './query-capture';
import type { Change, IndexTrial, RewriteResult } from './query-experiment';
import type { QueryPlan } from './query-plan';

/**
 * Where a statement class stands in the review.
 * `decided`: a change is chosen and its gain predicted; the next capture judges it. `done`: a later capture saw the gain.
 * `accepted`: left as it is until a date. `reopened`: it got worse, or the gain did not come.
 */
export type ItemState = 'new' | 'investigating' | 'decided' | 'done' | 'accepted' | 'reopened';

export interface Note {
  readonly atMs: number;
  readonly by: string;
  readonly text: string;
}

/** One figure before and after. */
export interface Gain {
  readonly before: number;
  readonly after: number;
}

/** An index that was tried for a class, and what it did. */
export interface IndexExperiment {
  readonly atMs: number;
  readonly by: string;
  /** Where it ran: name of the instance. */
  readonly instance: string;
  readonly trial: IndexTrial;
  /** The change that would bring the index for good. */
  readonly change: Change;
}

/** A rewrite that was held against the statement, and what came of it. */
export interface RewriteExperiment {
  readonly atMs: number;
  readonly by: string;
  readonly instance: string;
  /** The new statement with `:p1`, `:p2` … for the values of the old one. */
  readonly rewrite: string;
  /** Its fingerprint, and the class that its calls will make. */
  readonly fingerprint: string;
  readonly classId: string;
  readonly result: RewriteResult;
}

/** What a change is expected to bring for one call, and from where that is known. */
export interface Prediction {
  readonly secondsPerCall: Gain;
  /** Null where nobody measured rows. */
  readonly rowsExaminedPerCall: Gain | null;
  readonly from: 'experiment' | 'estimate';
}

export interface Decision {
  readonly kind: 'index' | 'rewrite' | 'other';
  /** The DDL, or the new statement with placeholders: no literals. */
  readonly change: string;
  /** How it is undone; empty: not known. */
  readonly undo: string;
  readonly reason: string;
  readonly ticket: string;
  readonly by: string;
  readonly atMs: number;
  readonly prediction: Prediction | null;
  /** A rewrite has another fingerprint: the class that takes the old one's place. Null for other kinds. */
  readonly replacedBy: string | null;
}

/** What the next capture measured of a decision. */
export interface Realised {
  readonly captureTakenAtMs: number;
  /** Calls of the class (or of the one that replaced it) in the later capture. */
  readonly calls: number;
  readonly secondsPerCall: Gain;
  readonly rowsExaminedPerCall: Gain | null;
  /** Calls of the old statement that still came, where it was to be replaced. */
  readonly oldCalls: number;
  /** Share of the predicted saving for one call that came, 1: all of it. Null without a prediction. */
  readonly shareOfPrediction: number | null;
}

/** What the people of the review said of one class, and what was tried for it. */
export interface ReviewItem {
  readonly classId: string;
  readonly state: ItemState;
  readonly owner: string;
  readonly notes: readonly Note[];
  readonly decision: Decision | null;
  /** `accepted` only: after this moment it is open again. */
  readonly acceptedUntilMs: number | null;
  readonly realised: Realised | null;
  /** Why it was reopened; empty otherwise. */
  readonly reopenedBecause: string;
  /** The plan as first asked in this review, and as last asked. */
  readonly planAtCapture: QueryPlan | null;
  readonly planNow: QueryPlan | null;
  readonly indexExperiments: readonly IndexExperiment[];
  readonly rewriteExperiments: readonly RewriteExperiment[];
}

/** How a class moved between two captures. */
export type Movement = 'new' | 'gone' | 'regressed' | 'improved' | 'steady' | 'not-judged';

/** One class in the capture before, against now. */
export interface ClassComparison {
  readonly classId: string;
  readonly movement: Movement;
  /** Seconds for one call: mean, before and now. Null where the class was missing on one side. */
  readonly mean: Gain | null;
  /** Seconds; null where a side has no quantiles. */
  readonly p95: Gain | null;
  /** Calls for each hour of the capture. */
  readonly callsPerHour: Gain | null;
  /** Why it was judged so, in one sentence with its figures. */
  readonly evidence: string;
}

/** What is left of an earlier capture so that the next one can be held against it: figures without samples. */
export type Baseline = Pick<Capture, 'id' | 'takenAtMs' | 'fromMs' | 'toMs'> & {
  readonly classes: readonly Pick<StatementClass, 'id' | 'fingerprint' | 'calls' | 'metrics'>[];
};

/** A review session: a frozen capture and what people said of it. Everything it shows opens without a server. */
export interface Review {
  readonly id: string;
  readonly title: string;
  readonly clusterName: string;
  readonly createdAtMs: number;
  readonly createdBy: string;
  /** True: its capture holds no literals. */
  readonly redacted: boolean;
  /** Without classes: those stand in the capture. */
  readonly captureId: string;
  /** Kinds of its sources: figures of another kind are never held against these. */
  readonly sourceKinds: readonly CaptureSourceKind[];
  /** The review that this one follows up. */
  readonly previousReviewId: string | null;
  /** Only classes of which somebody said or tried something, or which were carried over. */
  readonly items: Readonly<Record<string, ReviewItem>>;
  /** Against the capture of the review before; empty without one. */
  readonly comparisons: Readonly<Record<string, ClassComparison>>;
  /** Changes and operations in the window, drawn over the figures. */
  readonly annotations: readonly Annotation[];
}

/** A moment that explains a change in the figures. */
export interface Annotation {
  readonly atMs: number;
  readonly text: string;
  readonly kind: 'operation' | 'deploy' | 'note';
}

/** One line of the list of reviews. */
export interface ReviewSummary {
  readonly id: string;
  readonly title: string;
  readonly clusterName: string;
  readonly createdAtMs: number;
  readonly redacted: boolean;
  readonly classes: number;
  readonly calls: number;
  readonly seconds: number;
  readonly states: Readonly<Record<ItemState, number>>;
}

/** What a list of classes may be sorted by; seconds, calls and rows are sums unless the name says otherwise. */
export type ClassSort =
  | 'seconds'
  | 'calls'
  | 'mean'
  | 'p95'
  | 'p99'
  | 'max'
  | 'rows-examined'
  | 'rows-per-row-sent'
  | 'first-seen'
  | 'change';

/** One row of the triage list. */
export interface ClassRow {
  readonly classId: string;
  readonly fingerprint: string;
  readonly verb: string;
  readonly calls: number;
  readonly seconds: number;
  /** Of all statement seconds in the capture, 0 to 1. */
  readonly share: number;
  readonly meanSeconds: number;
  readonly p95Seconds: number | null;
  readonly maxSeconds: number;
  /** Rows examined for each row sent; null where unknown. */
  readonly examinedPerSent: number | null;
  readonly slots: readonly number[];
  readonly state: ItemState;
  readonly acceptedUntilMs: number | null;
  readonly decisionKind: Decision['kind'] | null;
  readonly realised: Realised | null;
  readonly comparison: ClassComparison | null;
  readonly planChanged: boolean;
  readonly flags: Readonly<Record<string, number>>;
}

/** A capture without its classes. */
export type CaptureHead = Omit<Capture, 'classes'> & { readonly classCount: number };

/** A review as a screen opens it; classes come page by page. */
export interface ReviewDetail {
  readonly review: Omit<Review, 'items' | 'comparisons'>;
  readonly capture: CaptureHead;
  readonly coverage: Coverage;
  readonly states: Readonly<Record<ItemState, number>>;
  /** Classes whose plan has another shape now than when this review first asked. */
  readonly planChanged: number;
  /** How many classes each movement holds. */
  readonly movements: Readonly<Record<Movement, number>>;
  /** Names that a filter may use, the largest first. */
  readonly schemas: readonly string[];
  readonly users: readonly string[];
  readonly hosts: readonly string[];
  readonly applications: readonly string[];
}

/** One class with everything that is known of it. */
export interface ClassDetail {
  readonly statementClass: StatementClass;
  readonly row: ClassRow;
  readonly item: ReviewItem | null;
  /** Place by query time, from 1. */
  readonly rank: number;
}
