import fs from 'node:fs';
import path from 'node:path';

const keepBytes = 1_000_000;

/**
 * A defect must not end the console in the middle of an incident: it is written to `midwatch.log` with its stack, and work
 * goes on. Never holds statements or secrets of ours: only what was thrown.
 */
export function logDefects(dataFolder: string): void {
  const file = path.join(dataFolder, 'midwatch.log');
  const write = (kind: string, thrown: unknown): void => {
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    const line = `${new Date().toISOString()} ${kind}: ${text}\n`;
    console.error(line);
    try {
      if (fs.existsSync(file) && fs.statSync(file).size > keepBytes) fs.renameSync(file, `${file}.1`);
      fs.appendFileSync(file, line, { mode: 0o600 });
    } catch {
      // A full disk keeps the line on the console's standard error alone.
    }
  };
  process.on('uncaughtException', (thrown) => write('uncaught', thrown));
  process.on('unhandledRejection', (thrown) => write('unhandled', thrown));
}
