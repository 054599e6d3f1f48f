import type { Drill } from '@shared/model/drill';
import type { DrillStore } from '../../core/ports/store';
import type { Row, SqliteFile } from './sqlite-file';

/** Drills as JSON documents; each `save` is on the disk when it returns. */
export class SqliteDrills implements DrillStore {
  readonly #file: SqliteFile;

  constructor(file: SqliteFile) {
    this.#file = file;
  }

  save(drill: Drill): void {
    this.#file.transaction(() =>
      this.#file.run(
        'INSERT OR REPLACE INTO drill (drill_id, cluster_id, started_at_ms, json) VALUES (?, ?, ?, ?)',
        drill.drillId,
        drill.clusterId,
        drill.startedAtMs,
        JSON.stringify(drill),
      ),
    );
  }

  /** Newest first. */
  list(clusterId?: string): readonly Drill[] {
    const order = 'ORDER BY started_at_ms DESC, drill_id';
    return (
      clusterId === undefined
        ? this.#file.all(`SELECT json FROM drill ${order}`)
        : this.#file.all(`SELECT json FROM drill WHERE cluster_id = ? ${order}`, clusterId)
    ).map(toDrill);
  }
}

/** What a drill of an earlier version may lack. */
type Later = 'fromRegion' | 'toRegion' | 'notes';

/** A drill of before there were regions was one within a region. */
function toDrill(row: Row): Drill {
  const kept = JSON.parse(String(row.json)) as Omit<Drill, Later> & Partial<Pick<Drill, Later>>;
  return { ...kept, fromRegion: kept.fromRegion ?? '', toRegion: kept.toRegion ?? '', notes: kept.notes ?? [] };
}
