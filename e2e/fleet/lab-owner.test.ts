import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isOrphaned, ownLab } from './lab-owner';
import { isRunning, type ProcessRef } from './processes';

describe.runIf(process.platform === 'linux')('the owner of a lab', () => {
  let folder: string;
  let root: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'midwatch-owner-'));
    root = path.join(folder, 't-1');
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const change = (edit: (owner: { process: ProcessRef; namespace: string }) => object): void => {
    const file = path.join(root, 'owner.json');
    fs.writeFileSync(file, JSON.stringify(edit(JSON.parse(fs.readFileSync(file, 'utf8')))));
  };

  it('keeps its lab while it lives', () => {
    ownLab(root);
    expect(isOrphaned(root)).toBe(false);
  });

  it('is gone when another process bears its id', () => {
    ownLab(root);
    change((owner) => ({ ...owner, process: { ...owner.process, startTicks: owner.process.startTicks - 1 } }));
    expect(isOrphaned(root)).toBe(true);
  });

  it('is never called gone where it cannot be seen, or is not named', () => {
    expect(isOrphaned(root)).toBe(false);
    ownLab(root);
    change((owner) => ({ process: { ...owner.process, startTicks: 1 }, namespace: 'pid:[1]' }));
    expect(isOrphaned(root)).toBe(false);
    fs.writeFileSync(path.join(root, 'owner.json'), '{"process":');
    expect(isOrphaned(root)).toBe(false);
  });

  it('leaves a lab that the next process ends, with what ran in it', async () => {
    const labFile = fileURLToPath(new URL('./lab.ts', import.meta.url));
    // A lab with one process in the place of a server, and then another lab's process that finds it.
    const leaves = `
      const { openTemporaryLab } = await import(${JSON.stringify(labFile)});
      const { FleetFile } = await import(${JSON.stringify(labFile.replace('lab.ts', 'state.ts'))});
      const { startDetached } = await import(${JSON.stringify(labFile.replace('lab.ts', 'processes.ts'))});
      const { root } = openTemporaryLab();
      const folder = root + '/wallet';
      const server = await startDetached('sleep', ['60']);
      FleetFile.create({ scenario: 'wallet', dialect: 'mysql', folder, socketFolder: folder + '/s', instances: [], bastions: [], hosts: [], links: [], linkProcess: server, endpoints: [], mounts: [] });
      console.log(JSON.stringify({ root, server }));
      process.kill(process.pid, 'SIGKILL');`;
    const finds = `
      const { endOrphanedLabs } = await import(${JSON.stringify(labFile)});
      console.log(JSON.stringify(await endOrphanedLabs()));`;
    const left = JSON.parse(await output(leaves, folder)) as { root: string; server: ProcessRef };
    expect(isRunning(left.server)).toBe(true);
    expect(JSON.parse(await output(finds, folder))).toEqual([left.root]);
    expect([isRunning(left.server), fs.existsSync(left.root)]).toEqual([false, false]);
  }, 60_000);
});

/** What a process of its own prints whose labs lie in `labs`. */
async function output(program: string, labs: string): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    env: { ...process.env, MIDWATCH_LABS: labs },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (piece: Buffer) => (said += String(piece)));
  await new Promise((resolve) => child.once('close', resolve));
  return said;
}
