import type { JournalEntry } from '@shared/model/run';
import { StepFailure, type RunMemory } from './operation-kind';

interface RunMemoryParts {
  readonly journal: readonly JournalEntry[];
  /** Values asked for each time they are needed, and never written: passwords. */
  readonly secrets: Readonly<Record<string, () => string>>;
  readonly write: (text: string, data: Readonly<Record<string, string>>) => void;
}

/** Values of a run, found again in its journal after a crash. Secrets are never among them. */
export function runMemory({ journal, secrets, write }: RunMemoryParts): RunMemory {
  const values = new Map<string, string>();
  for (const entry of journal) {
    if (entry.type === 'note' && typeof entry.data['memory'] === 'string')
      values.set(entry.data['memory'], String(entry.data['value'] ?? ''));
  }
  return {
    get: (name) => {
      const secret = secrets[name];
      if (secret) return secret();
      const value = values.get(name);
      if (value === undefined) throw new StepFailure(`An earlier step did not get to prove it: ${name}`);
      return value;
    },
    find: (name) => values.get(name) ?? '',
    set: (name, value) => {
      if (values.get(name) === value) return;
      values.set(name, value);
      write(`${name}: ${value}`, { memory: name, value });
    },
  };
}
