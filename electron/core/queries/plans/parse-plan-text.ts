import type { PlanFormat, QueryPlan } from '@shared/model/query-plan';
import { parseServerVersion } from '../../dialect/server-version';
import { parseObject } from './json-parts';
import { parseMysqlTree } from './parse-mysql-tree';
import { parseMysqlV2 } from './parse-mysql-v2';
import { parseQueryBlocks } from './parse-query-block';
import { finishPlan, type DraftNode, type PlanFrame } from './plan-draft';
import { readTableMariadb } from './read-table-mariadb';
import { readTableV1 } from './read-table-v1';

/**
 * A plan from what a server printed, in whichever of the four formats it is.
 * @throws Error when the text is a plan in none of them
 */
export function parsePlanText(raw: string, frame: Omit<PlanFrame, 'format' | 'raw'>): QueryPlan {
  const [format, roots] = read(raw, frame.dialect === 'mariadb');
  const version = parseServerVersion(frame.version)?.text ?? frame.version;
  return finishPlan(roots, { ...frame, version, format, raw });
}

function read(raw: string, mariadb: boolean): readonly [PlanFormat, readonly DraftNode[]] {
  if (/^\s*->/.test(raw)) return ['tree', parseMysqlTree(raw)];
  const document = parseObject(raw);
  if (mariadb) return ['mariadb-json', parseQueryBlocks(document, readTableMariadb)];
  if ('query_block' in document) return ['json-v1', parseQueryBlocks(document, readTableV1)];
  return ['json-v2', parseMysqlV2(document)];
}
