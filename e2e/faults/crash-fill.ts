import fs from 'node:fs';
import path from 'node:path';
import { processesAt } from '../../electron/core/testing/fill-stage';
import type { CrashStage } from './crash-stage';
import type { Broken } from './invariants';

/** Gives the recipient a write that only it holds; its host forgets older copies, and its MySQL the plugin for CLONE. */
export async function writeOwnAndForget({ fleet, last, word }: CrashStage): Promise<void> {
  const id = 900_000_000 + (Number.parseInt(Buffer.from(word.slice(-4)).toString('hex'), 16) % 90_000_000);
  const write = `INSERT INTO app.account VALUES (${id}, '${word}', 'EUR', 1)`;
  if (fleet.dialect === 'mariadb') {
    for (const aside of asideFolders(last.dataFolder)) fs.rmSync(aside, { recursive: true });
    // In a domain of its own: in the cluster's its number would stop the applier, which goes on here.
    await last.execute('SET SESSION gtid_domain_id = 9', write);
    return;
  }
  const [plugin] = await last.query("SELECT 1 AS there FROM information_schema.PLUGINS WHERE PLUGIN_NAME = 'clone'");
  await last.execute(
    'SET GLOBAL super_read_only = OFF',
    write,
    ...(plugin ? ['UNINSTALL PLUGIN clone'] : []),
    'SET GLOBAL super_read_only = ON',
  );
}

const asideFolders = (dataFolder: string): readonly string[] =>
  fs
    .readdirSync(path.dirname(dataFolder))
    .filter((name) => name.startsWith(`${path.basename(dataFolder)}.midwatch-old-`))
    .map((name) => path.join(path.dirname(dataFolder), name));

/**
 * I9: what only one server held is never gone. It is on that server, or its rows stand in the files of evidence; where the
 * server was filled anew on MariaDB, the old data lie beside the new ones. Nothing half-made and no program is left.
 */
export async function ownWriteKept(stage: CrashStage, state: string): Promise<readonly Broken[]> {
  const { fleet, word } = stage;
  const broken: Broken[] = [];
  const say = (what: string): void => void broken.push({ invariant: 'I9', what });
  const holders = await Promise.all(
    [stage.primary, stage.last].map(async (one) => {
      const rows = await one.query('SELECT 1 AS there FROM app.account WHERE owner = ?', [word]).catch(() => []);
      return rows.length > 0;
    }),
  );
  const isHeld = holders.includes(true);
  const isSaved = evidenceFiles(fleet.folder).some((file) => fs.readFileSync(file, 'utf8').includes(word));
  if (!isHeld && !isSaved) say(`the write that only one server held is gone (${state})`);
  if (state === 'cancelled' && !isHeld) say('the run was turned back, and the server does not hold its own write');
  const { dataFolder } = stage.last;
  if (fs.existsSync(`${dataFolder}.midwatch-new`)) say(`a copy that nobody needs is left beside ${stage.last.name}`);
  // Only who was filled has lost its row; the old data of a MariaDB lie in a folder of their own.
  if (fleet.dialect === 'mariadb' && !isHeld && asideFolders(dataFolder).length === 0)
    say(`the old data of ${stage.last.name} are gone`);
  if (processesAt('mbstream', fleet.folder) + processesAt('mariadb-backup', fleet.folder) > 0)
    say('a program of the copy is still at work');
  return broken;
}

function evidenceFiles(folder: string): readonly string[] {
  const root = path.join(folder, 'evidence');
  if (!fs.existsSync(root)) return [];
  return fs
    .readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
