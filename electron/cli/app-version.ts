import fs from 'node:fs';
import path from 'node:path';

/** The version in the package that this build belongs to; 'unknown' where there is none. */
export function readAppVersion(): string {
  try {
    // out/main/cli.js, in a clone as in an installed archive.
    const file = path.join(import.meta.dirname, '..', '..', 'package.json');
    const { version } = JSON.parse(fs.readFileSync(file, 'utf8')) as { readonly version?: unknown };
    return typeof version === 'string' ? version : 'unknown';
  } catch {
    return 'unknown';
  }
}
