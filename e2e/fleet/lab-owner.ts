import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { identifyProcess, isRunning, processRef } from './processes';

/** Process ids mean something only among processes that see each other: pid_namespaces(7). */
const labOwner = z.object({ process: processRef, namespace: z.string() });

const ownerFile = (root: string): string => path.join(root, 'owner.json');

const ownNamespace = (): string => {
  try {
    return fs.readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
};

/** Writes down that this process will end the lab in `root`. */
export function ownLab(root: string): void {
  const self = identifyProcess(process.pid);
  if (!self) return;
  fs.mkdirSync(root, { recursive: true, mode: 0o700 });
  fs.writeFileSync(ownerFile(root), JSON.stringify({ process: self, namespace: ownNamespace() }), { mode: 0o600 });
}

/**
 * True when exactly the process that opened the lab in `root` is gone. A lab that names no owner, or one that this process
 * could not see, is nobody's orphan.
 */
export function isOrphaned(root: string): boolean {
  const file = ownerFile(root);
  if (!fs.existsSync(file)) return false;
  try {
    const owner = labOwner.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
    return owner.namespace !== '' && owner.namespace === ownNamespace() && !isRunning(owner.process);
  } catch {
    // Half written, or being removed: its owner is at it.
    return false;
  }
}
