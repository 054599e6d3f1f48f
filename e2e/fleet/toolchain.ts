import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';

/** The project's cache folder, where set-up keeps servers and templates: `$XDG_CACHE_HOME/midwatch`, else `~/.cache/midwatch`. */
export const cacheFolder = path.join(process.env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache'), 'midwatch');

const serverProgram = z.object({
  daemon: z.string(),
  version: z.string(),
  options: z.record(z.string(), z.string()),
  clientFolder: z.string(),
  templateFolder: z.string(),
});

const toolchain = z.object({
  tools: z.object({
    sshd: z.string(),
    exporter: z.string(),
    /** Left out where set-up could not get it. */
    haproxy: z.string().optional(),
    mysqlrouter: z.string().optional(),
  }),
  tlsFolder: z.string(),
  mysql: serverProgram,
  mariadb: serverProgram,
});

/** A server program with the options it needs to find its own files, and the data folder that its servers are copied from. */
export type ServerProgram = Readonly<z.infer<typeof serverProgram>>;

/** What `npm run setup` found or made for the lab. */
export type Toolchain = Readonly<z.infer<typeof toolchain>>;

/**
 * Reads what set-up left in the cache folder.
 * @throws Error that names the command to run when set-up was not run, or was run by an older Midwatch
 */
export function readToolchain(): Toolchain {
  const file = path.join(cacheFolder, 'toolchain.json');
  const parsed = fs.existsSync(file) ? toolchain.safeParse(JSON.parse(fs.readFileSync(file, 'utf8'))) : undefined;
  if (!parsed?.success) throw new Error('The lab has no servers yet. Run `npm run setup` first.');
  for (const { daemon, templateFolder } of [parsed.data.mysql, parsed.data.mariadb]) {
    const gone = [daemon, templateFolder].find((needed) => !fs.existsSync(needed));
    if (gone) throw new Error(`${gone} is gone. Run \`npm run setup\` again.`);
  }
  return parsed.data;
}
