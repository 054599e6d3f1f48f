import type { FenceRung } from '@shared/model/verdict';
import type { FenceByHook } from '../traffic/traffic-plan';
import type { Outage } from './outage';

/** The ladder that keeps the old primary from writing, in the order in which it is climbed; each rung says why it can be used or not. */
export function fenceRungs({ primary, files, verdict }: Outage, fenceHook: FenceByHook): readonly FenceRung[] {
  const access = primary?.instance.hostAccess;
  const host = verdict.viewpoints.find((one) => one.kind === 'host');
  const canAsk = host !== undefined && host.saw !== 'cannot-tell' && host.saw !== 'silent';
  const noSsh = !access
    ? 'no SSH access to its host is set'
    : !files
      ? 'this console never heard where its data folder is'
      : !canAsk
        ? (host?.evidence ?? 'its host was not asked')
        : '';
  const rungs: FenceRung[] = [
    {
      code: 'sql',
      title: 'Fence it by SQL',
      usable: false,
      why: 'it does not answer: a statement cannot reach it',
    },
    {
      code: 'ssh-stop',
      title: 'Stop its service on its host',
      usable: noSsh === '' && access?.service !== undefined,
      why:
        noSsh ||
        (access?.service === undefined ? 'no systemd unit is set' : 'the process is gone and is not started again'),
    },
    {
      code: 'ssh-kill',
      title: 'End its process on its host',
      usable: noSsh === '',
      why: noSsh || 'the host shows that the process is gone',
    },
    {
      code: 'hook',
      title: fenceHook.lines.length > 0 ? 'Close it at every proxy' : 'Run the fence hook',
      usable: fenceHook.usable,
      why: fenceHook.why,
    },
    {
      code: 'attestation',
      title: 'Swear that it is off',
      usable: true,
      why: 'a person’s word, kept in the report; the last resort',
    },
  ];
  const proven = rungs.some((one) => one.usable && one.code !== 'attestation');
  return rungs.map((one) =>
    one.code === 'attestation' && proven ? { ...one, usable: false, why: 'not needed: another rung proves it' } : one,
  );
}
