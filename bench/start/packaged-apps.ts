import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';

const projectFolder = path.resolve(import.meta.dirname, '../..');

/** How a program with a window is started. */
export interface WindowProgram {
  readonly program: string;
  readonly args: readonly string[];
}

/** Midwatch and the empty window on the same runtime, packed in the same way. */
export interface ProgramPair {
  readonly how: string;
  readonly ours: WindowProgram;
  readonly empty: WindowProgram;
}

/** The unpacked app that `npm run dist` made, and a copy of its runtime with the empty app; without one, both from source. */
export function preparePrograms(scratchFolder: string): ProgramPair {
  const unpacked = path.join(projectFolder, 'release', 'linux-unpacked');
  const emptyApp = path.join(import.meta.dirname, 'empty-window.cjs');
  if (!fs.existsSync(path.join(unpacked, 'midwatch'))) {
    const electron = path.join(projectFolder, 'node_modules', 'electron');
    const program = path.join(electron, 'dist', fs.readFileSync(path.join(electron, 'path.txt'), 'utf8').trim());
    if (!fs.existsSync(path.join(projectFolder, 'out', 'main', 'index.js')))
      throw new Error('There is nothing to start. Run npm run dist first.');
    return {
      how: 'from source, for there is no release/linux-unpacked (npm run dist)',
      ours: { program, args: [projectFolder] },
      empty: { program, args: [emptyApp] },
    };
  }
  const copy = path.join(scratchFolder, 'empty');
  execFileSync('cp', ['-a', '--reflink=auto', unpacked, copy]);
  const resources = path.join(copy, 'resources');
  fs.rmSync(resources, { recursive: true });
  fs.mkdirSync(path.join(resources, 'app'), { recursive: true });
  fs.copyFileSync(emptyApp, path.join(resources, 'app', 'main.cjs'));
  fs.writeFileSync(path.join(resources, 'app', 'package.json'), '{ "name": "empty", "main": "main.cjs" }\n');
  const builtAt = fs.statSync(path.join(projectFolder, 'out', 'main', 'index.js')).mtimeMs;
  const isOlder = fs.statSync(path.join(unpacked, 'resources', 'app.asar')).mtimeMs < builtAt;
  return {
    how: `packaged${isOlder ? ', OLDER than out/: run npm run dist' : ''}`,
    ours: { program: path.join(unpacked, 'midwatch'), args: [] },
    empty: { program: path.join(copy, 'midwatch'), args: [] },
  };
}
