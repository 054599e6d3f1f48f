import type { Activity, ActivityKind } from '@shared/model/activity';
import type { ActivityStore } from '../../core/ports/store';
import type { Row, SqliteFile } from './sqlite-file';

/** The activity log: append only, each line on the disk when `append` returns. */
export class SqliteActivity implements ActivityStore {
  readonly #file: SqliteFile;

  constructor(file: SqliteFile) {
    this.#file = file;
  }

  append(activity: Omit<Activity, 'seq'>): Activity {
    const { rowId } = this.#file.transaction(() =>
      this.#file.run(
        `INSERT INTO activity (at_ms, kind, severity, cluster_id, instance_id, by_user, text) VALUES (?, ?, ?, ?, ?, ?, ?)`,
        activity.atMs,
        activity.kind,
        activity.severity,
        activity.clusterId,
        activity.instanceId,
        activity.by,
        activity.text,
      ),
    );
    return { ...activity, seq: rowId };
  }

  /** Newest first. */
  list(query: {
    readonly clusterId?: string;
    readonly limit: number;
    readonly beforeSeq?: number;
  }): readonly Activity[] {
    const before = query.beforeSeq ?? Number.MAX_SAFE_INTEGER;
    const tail = 'seq < ? ORDER BY seq DESC LIMIT ?';
    return (
      query.clusterId === undefined
        ? this.#file.all(`SELECT * FROM activity WHERE ${tail}`, before, query.limit)
        : this.#file.all(
            `SELECT * FROM activity WHERE cluster_id = ? AND ${tail}`,
            query.clusterId,
            before,
            query.limit,
          )
    ).map(toActivity);
  }
}

function toActivity(row: Row): Activity {
  return {
    seq: Number(row.seq),
    atMs: Number(row.at_ms),
    kind: String(row.kind) as ActivityKind,
    severity: String(row.severity) as Activity['severity'],
    clusterId: row.cluster_id === null ? null : String(row.cluster_id),
    instanceId: row.instance_id === null ? null : String(row.instance_id),
    by: String(row.by_user),
    text: String(row.text),
  };
}
