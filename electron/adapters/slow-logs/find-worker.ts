import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** How a worker thread is started: `new Worker(start, options)`. */
export interface WorkerProgram {
  readonly start: string;
  readonly options: { readonly eval: boolean };
}

/**
 * Finds the program of a worker: bundled, it stands beside the main program (this file is then part of that, or of a chunk
 * in a folder below); in the tests and benches it is TypeScript, which the thread has to be taught.
 *
 * @param name of its file in electron/workers, without the extension
 * @param from URL of the module that asks
 * @throws Error when it is in neither place: the build lacks it
 */
export function findWorker(name: string, from: string = import.meta.url): WorkerProgram {
  for (const bundled of [`./${name}.js`, `../${name}.js`]) {
    const file = fileURLToPath(new URL(bundled, from));
    if (fs.existsSync(file)) return { start: file, options: { eval: false } };
  }
  const source = fileURLToPath(new URL(`../../workers/${name}.ts`, from));
  if (!fs.existsSync(source)) throw new Error(`The worker ${name} is not beside ${from}`);
  // Only the main thread takes tsx from the command line, so the thread registers it before it loads its program.
  // `require.resolve` would give the CommonJS variant, so the module is named by its file.
  const tsxFolder = path.dirname(createRequire(from).resolve('tsx/package.json'));
  const tsx = pathToFileURL(path.join(tsxFolder, 'dist', 'esm', 'api', 'index.mjs')).href;
  const program = pathToFileURL(source).href;
  const load = `import('${tsx}').then(({ register }) => { register(); return import('${program}'); })`;
  return { start: load, options: { eval: true } };
}
