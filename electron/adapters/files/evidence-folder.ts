import { createHash } from 'node:crypto';
import path from 'node:path';
import type { EvidenceFiles, SavedEvidence } from '../../core/ports/evidence-files';
import { writeFileDurably } from './write-file-durably';

/** Keeps evidence below one folder, a folder for each run. */
export class EvidenceFolder implements EvidenceFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  save({ runId, name, content }: Parameters<EvidenceFiles['save']>[0]): SavedEvidence {
    // Names hold what servers and people call themselves: nothing of it may lead out of the folder.
    const file = path.join(this.#folder, plain(runId), plain(name));
    writeFileDurably(file, content);
    return {
      path: file,
      sha256: createHash('sha256').update(content, 'utf8').digest('hex'),
      bytes: Buffer.byteLength(content, 'utf8'),
    };
  }
}

const plain = (name: string): string => name.replaceAll(/[^\w.-]/g, '_').replace(/^\.+/, '_');
