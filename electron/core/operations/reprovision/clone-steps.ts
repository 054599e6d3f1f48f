import type { Step } from '@shared/model/plan';
import type { HostAccess } from '@shared/model/inventory';
import { serverStateCommand, type ServerFiles } from '../failover/host-commands';
import { statements, step, type Party } from '../steps/step-data';
import { cloneSql } from './copy-sql';
import { startServerCommand } from './host-commands';

export interface CloneInput {
  readonly donor: Party;
  readonly recipient: Party;
  /** The recipient follows somebody now. */
  readonly follows: { readonly stop: string; readonly start: string; readonly status: string } | null;
  /** Account by which the recipient signs in to the donor: the console's own. */
  readonly user: string;
  readonly requireTls: boolean;
  /** null is not known. */
  readonly bytes: number | null;
  /** The recipient lacks the plugin. */
  readonly installs: boolean;
  readonly host: { readonly access: HostAccess; readonly files: ServerFiles } | null;
}

/** Longest wait for a person who has to start the server, ms. */
export const personMs = 600_000;
/** setTimeout knows no longer time. */
const longestTimerMs = 2 ** 31 - 1;
/** A copy slower than this, in bytes a second, is given up. */
const slowestBytesPerSecond = 2_000_000;

/** Longest time of a copy of so many bytes, ms: with room for a slow network, and for a person. */
export const copyLimitMs = (bytes: number | null): number =>
  Math.min(1_800_000 + ((bytes ?? 100e9) / slowestBytesPerSecond) * 1000, longestTimerMs - 2 * personMs);

/** MySQL: the recipient pulls the donor's files by CLONE, throws its own away, and starts anew with them. */
export function cloneSteps(input: CloneInput): readonly Step[] {
  const { recipient, follows, bytes } = input;
  return [
    ...(follows
      ? [
          step('detach', {
            title: `Stop replication on ${recipient.name}`,
            target: recipient.name,
            statements: statements(
              ['stop', 'run', recipient, follows.stop],
              ['status', 'verify', recipient, follows.status],
              ['start', 'undo', recipient, follows.start],
            ),
            verify: 'Receiver and applier are stopped',
            undo: `Start replication on ${recipient.name} again`,
            plannedMs: 50,
          }),
        ]
      : []),
    ...(input.installs
      ? [
          step('plugin', {
            title: `Install the clone plugin on ${recipient.name}`,
            target: recipient.name,
            statements: statements(
              ['active', 'verify', recipient, cloneSql.plugin],
              ['lift', 'run', recipient, cloneSql.lift],
              ['install', 'run', recipient, cloneSql.install],
              ['seal', 'run', recipient, cloneSql.seal],
            ),
            guard: 'read_only stays on: applications cannot write',
            verify: 'The plugin is active',
            plannedMs: 100,
          }),
        ]
      : []),
    cloneStep(input, bytes),
  ];
}

function cloneStep({ donor, recipient, user, requireTls, host }: CloneInput, bytes: number | null): Step {
  const start = host && startServerCommand(host.access);
  return step('clone', {
    title: `Replace the data of ${recipient.name} by a copy of ${donor.name}`,
    target: recipient.name,
    statements: statements(
      ['status', 'verify', recipient, cloneSql.status],
      ['progress', 'verify', recipient, cloneSql.progress],
      ['donor', 'verify', donor, 'SELECT 1 AS answers'],
      ['lift', 'run', recipient, cloneSql.lift],
      ['donors', 'run', recipient, cloneSql.validDonor(donor.host, donor.port)],
      ['clone', 'run', recipient, cloneSql.clone(user, donor.host, donor.port, requireTls)],
      host ? ['process', 'verify', recipient, serverStateCommand(host.access, host.files), 'ssh'] : null,
      start === null ? null : ['start', 'run', recipient, start, 'ssh'],
      ['reseal', 'undo', recipient, cloneSql.seal],
      ['sealed', 'verify', recipient, cloneSql.sealed],
    ),
    guard: 'read_only stays on, the donor is only read',
    verify: 'The server came back with the copy, closed, and says that CLONE completed',
    undo: `Seal ${recipient.name} again, as long as CLONE dropped nothing`,
    ifUnknown: 'Ask the server what its CLONE came to: it may go on without this console',
    timeoutMs: copyLimitMs(bytes) + personMs,
    undoTimeoutMs: 10_000,
    plannedMs: Math.round(6000 + ((bytes ?? 0) / 100e6) * 1000),
    pointOfNoReturn: true,
    params: { bytes: bytes === null ? '' : String(bytes) },
  });
}
