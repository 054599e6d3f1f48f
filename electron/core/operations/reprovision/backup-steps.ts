import type { Step } from '@shared/model/plan';
import type { HostAccess } from '@shared/model/inventory';
import { serverStateCommand, type ServerFiles } from '../failover/host-commands';
import { statements, step, type Party } from '../steps/step-data';
import { copyLimitMs, personMs } from './clone-steps';
import {
  backupCommand,
  copyStateCommand,
  discardCommand,
  folderStateCommand,
  prepareCommand,
  receiveCommand,
  returnCommand,
  startServerCommand,
  stopServerCommand,
  swapCommand,
  type CopyFolders,
} from './host-commands';

export interface BackupInput {
  readonly donor: Party;
  readonly recipient: Party;
  readonly donorAccess: HostAccess;
  readonly access: HostAccess;
  readonly files: ServerFiles;
  readonly folders: CopyFolders;
  /** The recipient's server runs now. */
  readonly runs: boolean;
  /** By which mariadb-backup signs in to the donor: the console's own account. */
  readonly user: string;
  /** Where the donor listens on its own host. */
  readonly donorSocket: string;
  readonly bytes: number | null;
  readonly close: string;
  readonly closed: string;
}

/** MariaDB: the donor's files go through this console into a new folder, which takes the old one's place when it is whole. */
export function backupSteps(input: BackupInput): readonly Step[] {
  return [
    copyStep(input),
    prepareStep(input),
    ...(input.runs ? [stopStep(input)] : []),
    swapStep(input),
    startStep(input),
  ];
}

function copyStep({ donor, recipient, donorAccess, access, folders, bytes, user, donorSocket }: BackupInput): Step {
  const limitMs = copyLimitMs(bytes);
  const limitSeconds = Math.round(limitMs / 1000);
  return step('copy', {
    title: `Copy the files of ${donor.name} beside those of ${recipient.name}`,
    target: recipient.name,
    statements: statements(
      ['backup', 'run', donor, backupCommand(donorAccess, limitSeconds), 'ssh'],
      ['receive', 'run', recipient, receiveCommand(access, folders, limitSeconds), 'ssh'],
      ['copied', 'verify', recipient, copyStateCommand(access, folders), 'ssh'],
      ['discard', 'undo', recipient, discardCommand(access, folders), 'ssh'],
    ),
    guard: `Into ${folders.fresh}, a folder of its own: nothing of ${recipient.name} is touched`,
    verify: 'The donor’s end mark came, both ends say 0, and the copy names its position',
    undo: `Remove ${folders.fresh}`,
    ifUnknown: 'The folder is emptied and the copy made again',
    timeoutMs: limitMs,
    undoTimeoutMs: 60_000,
    plannedMs: Math.round(3000 + ((bytes ?? 0) / 40e6) * 1000),
    params: { bytes: bytes === null ? '' : String(bytes), user, socket: donorSocket, donor: donor.name },
  });
}

function prepareStep({ recipient, access, folders, bytes }: BackupInput): Step {
  const limitMs = copyLimitMs(bytes);
  return step('prepare-copy', {
    title: 'Make the copy consistent',
    target: recipient.name,
    statements: statements(
      ['prepare', 'run', recipient, prepareCommand(access, folders, Math.round(limitMs / 1000)), 'ssh'],
      ['prepared', 'verify', recipient, copyStateCommand(access, folders), 'ssh'],
    ),
    guard: 'The copy alone is worked on',
    verify: 'mariadb-backup says that it completed, and the copy says that its log is applied',
    timeoutMs: limitMs,
    plannedMs: 3000,
  });
}

function stopStep({ recipient, access, files }: BackupInput): Step {
  const start = startServerCommand(access);
  return step('stop-server', {
    title: `Shut ${recipient.name} down`,
    target: recipient.name,
    statements: statements(
      ['stop', 'run', recipient, stopServerCommand(access, files), 'ssh'],
      ['process', 'verify', recipient, serverStateCommand(access, files), 'ssh'],
      start === null ? null : ['start', 'undo', recipient, start, 'ssh'],
      ['answers', 'undo', recipient, 'SELECT 1 AS answers'],
    ),
    guard: 'The copy is whole and consistent',
    verify: 'Its host shows that the process is gone',
    undo: `Start ${recipient.name} again`,
    timeoutMs: 150_000,
    undoTimeoutMs: 120_000,
    plannedMs: 2000,
  });
}

function swapStep({ recipient, access, files, folders }: BackupInput): Step {
  return step('swap', {
    title: `Put the copy in the place of the data of ${recipient.name}`,
    target: recipient.name,
    statements: statements(
      ['swap', 'run', recipient, swapCommand(access, files, folders), 'ssh'],
      ['folders', 'verify', recipient, folderStateCommand(access, folders), 'ssh'],
      ['stop', 'undo', recipient, stopServerCommand(access, files), 'ssh'],
      ['return', 'undo', recipient, returnCommand(access, folders), 'ssh'],
    ),
    guard: 'No server runs on this folder',
    verify: `The copy lies in ${folders.data}, the old data in ${folders.aside}`,
    undo: 'Put the old data back in their place',
    ifUnknown: 'Look which of the folders are there: each half may run again',
    timeoutMs: 60_000,
    undoTimeoutMs: 180_000,
    plannedMs: 300,
    pointOfNoReturn: true,
    params: { aside: folders.aside, sudo: access.sudo ? 'yes' : '' },
  });
}

function startStep({ recipient, access, files, close, closed }: BackupInput): Step {
  const start = startServerCommand(access);
  return step('start-server', {
    title: `Start ${recipient.name}, closed to writes`,
    target: recipient.name,
    statements: statements(
      ['process', 'verify', recipient, serverStateCommand(access, files), 'ssh'],
      start === null ? null : ['start', 'run', recipient, start, 'ssh'],
      ['close', 'run', recipient, close],
      ['closed', 'verify', recipient, closed],
    ),
    guard: 'Its own configuration is as it was',
    verify: 'A new connection finds it read-only',
    timeoutMs: personMs + 60_000,
    plannedMs: 3000,
  });
}
