import fs from 'node:fs';

export interface FamilyMemory {
  readonly pssMb: number;
  readonly processes: number;
}

/** Proportional set size of a process and all below it, MB: shared pages are counted once over all who share them (proc_pid_smaps(5)). */
export function readFamilyPss(pid: number): FamilyMemory {
  const family = listFamily(pid);
  const kib = family.reduce((sum, member) => {
    try {
      const text = fs.readFileSync(`/proc/${member}/smaps_rollup`, 'utf8');
      return sum + Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0);
    } catch {
      // It ended meanwhile.
      return sum;
    }
  }, 0);
  return { pssMb: (kib * 1024) / 1e6, processes: family.length };
}

/** The process and its descendants. */
function listFamily(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = fs.readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  const family = [pid];
  for (const member of family) for (const [child, parent] of parents) if (parent === member) family.push(child);
  return family;
}
