import { existsSync, readFileSync, renameSync } from 'node:fs';
import type { z } from 'zod';

/**
 * Reads a small JSON file; null when there is none. One that does not fit the schema is renamed to
 * `<name>.corrupt-<UTC time>`, so that nothing is lost, and counts as none.
 */
export function readJsonFile<T>(file: string, schema: z.ZodType<T>): T | null {
  if (!existsSync(file)) return null;
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    // A file that cannot be read at all is no proof that its content is bad.
    if (error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('E'))
      throw error;
    renameSync(file, `${file}.corrupt-${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}`);
    return null;
  }
}
