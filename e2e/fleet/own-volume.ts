import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { RunningFleet } from './fleet';

const run = promisify(execFile);
const mebibyte = 1024 * 1024;

/** Why disk faults cannot be made on this machine. @returns undefined when they can */
export async function whyNoVolume(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it needs root: a volume of its own is mounted';
  if (!fs.existsSync('/dev/loop-control')) return 'this machine has no loop devices';
  return (await run('sh', ['-c', 'command -v mkfs.ext4 && command -v findmnt']).catch(() => undefined))
    ? undefined
    : 'mkfs.ext4 or findmnt is missing';
}

/**
 * Moves a server's data to a small ext4 volume of its own (a loop device over a file), with a restart.
 * @param spareMebibytes how much is free on it at first
 * @returns the loop device, e.g. `loop0`
 */
export async function moveToOwnVolume(fleet: RunningFleet, name: string, spareMebibytes: number): Promise<string> {
  const instance = fleet.instance(name);
  const { dataFolder } = instance;
  if (!fleet.file.state.mounts.includes(dataFolder)) {
    await instance.stop();
    const { stdout } = await run('du', ['-sm', '--apparent-size', dataFolder]);
    const image = `${dataFolder}.img`;
    fs.writeFileSync(image, '');
    fs.truncateSync(image, Math.ceil(Number.parseInt(stdout, 10) * 1.1 + spareMebibytes + 16) * mebibyte);
    await run('mkfs.ext4', ['-q', '-m', '0', image]);
    const aside = `${dataFolder}.aside`;
    fs.renameSync(dataFolder, aside);
    fs.mkdirSync(dataFolder, { mode: 0o700 });
    // Recorded first: `down` must unmount it also when this process is killed in between.
    fleet.file.change({ mounts: [...fleet.file.state.mounts, dataFolder] });
    await mountVolume(dataFolder);
    fs.rmdirSync(path.join(dataFolder, 'lost+found')); // a server takes every folder for a database
    await run('cp', ['-a', `${aside}/.`, dataFolder]);
    fs.rmSync(aside, { recursive: true });
    await instance.start();
  }
  return readLoopDevice(dataFolder);
}

/** Unmounts, repairs and mounts the volume again and starts the server; after an error that made it read-only. */
export async function repairVolume(fleet: RunningFleet, name: string): Promise<void> {
  const instance = fleet.instance(name);
  await instance.kill();
  await run('umount', [instance.dataFolder]);
  await run('e2fsck', ['-fy', `${instance.dataFolder}.img`]).catch(() => undefined); // its code says that it repaired
  await mountVolume(instance.dataFolder);
  await instance.start();
}

async function mountVolume(folder: string): Promise<void> {
  await run('mount', ['-o', 'loop,errors=remount-ro', `${folder}.img`, folder]);
}

async function readLoopDevice(folder: string): Promise<string> {
  const { stdout } = await run('findmnt', ['-no', 'SOURCE', folder]);
  return path.basename(stdout.trim());
}
