import fs from 'node:fs';
import path from 'node:path';
import type { FaultOutcome } from './faults';
import type { RunningFleet } from './fleet';
import { moveToOwnVolume, repairVolume, whyNoVolume } from './own-volume';

const throttleRoot = '/sys/fs/cgroup/blkio';
const slowWritesPerSecond = 30;

/** Fills the volume of a server to the last byte; {@link freeDisk} undoes it. */
export async function fillDisk(fleet: RunningFleet, name: string): Promise<FaultOutcome | void> {
  const reason = await whyNoVolume();
  if (reason) return { kind: 'skipped', reason };
  await moveToOwnVolume(fleet, name, 64);
  const fd = fs.openSync(fillerOf(fleet, name), 'a');
  for (let pieceBytes = 1024 * 1024; pieceBytes >= 512;) {
    try {
      fs.writeSync(fd, Buffer.alloc(pieceBytes, 1));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      pieceBytes /= 2;
    }
  }
  fs.closeSync(fd);
}

/** Gives the space back. */
export async function freeDisk(fleet: RunningFleet, name: string): Promise<void> {
  fs.rmSync(fillerOf(fleet, name), { force: true });
}

/** Lets the volume of a server do 30 writes a second; {@link speedUpDisk} undoes it, and so does a restart of the server. */
export async function slowDisk(fleet: RunningFleet, name: string): Promise<FaultOutcome | void> {
  const reason = (await whyNoVolume()) ?? whyNoThrottle();
  if (reason) return { kind: 'skipped', reason };
  const device = await moveToOwnVolume(fleet, name, 256);
  const group = groupOf(fleet, name);
  fs.mkdirSync(group, { recursive: true });
  const number = fs.readFileSync(`/sys/block/${device}/dev`, 'utf8').trim();
  fs.writeFileSync(path.join(group, 'blkio.throttle.write_iops_device'), `${number} ${slowWritesPerSecond}`);
  fs.writeFileSync(path.join(group, 'cgroup.procs'), String(fleet.instance(name).pid));
}

/** Undoes {@link slowDisk}. */
export async function speedUpDisk(fleet: RunningFleet, name: string): Promise<void> {
  const group = groupOf(fleet, name);
  if (!fs.existsSync(group)) return;
  const { pid } = fleet.instance(name);
  if (pid !== undefined) fs.writeFileSync(path.join(throttleRoot, 'cgroup.procs'), String(pid));
  fs.rmdirSync(group);
}

/** Makes the file system read-only as the kernel does after an error (ext4, errors=remount-ro); {@link makeDiskWritable} undoes it. */
export async function makeDiskReadOnly(fleet: RunningFleet, name: string): Promise<FaultOutcome | void> {
  const reason = await whyNoVolume();
  if (reason) return { kind: 'skipped', reason };
  const device = await moveToOwnVolume(fleet, name, 256);
  fs.writeFileSync(`/sys/fs/ext4/${device}/trigger_fs_error`, '1');
}

/** Repairs the file system and starts the server again. */
export function makeDiskWritable(fleet: RunningFleet, name: string): Promise<void> {
  return repairVolume(fleet, name);
}

/** Removes what a throttled server left in the system; part of `down`. */
export function forgetThrottle(fleet: RunningFleet, name: string): void {
  const group = groupOf(fleet, name);
  if (fs.existsSync(group)) fs.rmdirSync(group);
}

function whyNoThrottle(): string | undefined {
  return fs.existsSync(path.join(throttleRoot, 'cgroup.procs'))
    ? undefined
    : 'it needs the blkio controller of cgroup v1';
}

function groupOf(fleet: RunningFleet, name: string): string {
  return path.join(throttleRoot, `midwatch-${fleet.instance(name).port}`);
}

function fillerOf(fleet: RunningFleet, name: string): string {
  return path.join(fleet.instance(name).dataFolder, 'filler.tmp');
}
