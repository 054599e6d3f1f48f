import fs from 'node:fs';
import type { Processes } from '../../core/ports/processes';

/** A process by its id and, where the system tells, its start: ids are given again. */
export class SystemProcesses implements Processes {
  readonly self = `${process.pid}:${startOf(process.pid)}`;

  isAlive(name: string): boolean {
    const [pid, start] = name.split(':');
    try {
      process.kill(Number(pid), 0);
    } catch (thrown) {
      // Not ours to signal is alive all the same.
      if ((thrown as NodeJS.ErrnoException).code !== 'EPERM') return false;
    }
    return startOf(Number(pid)) === start;
  }
}

/** Start in clock ticks since boot (field 22 of /proc/PID/stat); '' where there is no such file. */
function startOf(pid: number): string {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
