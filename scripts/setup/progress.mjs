/** A failure with its cause and the next step, meant to be read by the person who typed the command. */
export class SetupError extends Error {
  /** @param {{ what: string, cause?: string, next: string }} parts */
  constructor({ what, cause, next }) {
    super([what, cause && `  cause: ${cause}`, `  next:  ${next}`].filter(Boolean).join('\n'));
    this.name = 'SetupError';
  }
}

const startedAt = Date.now();

/** @param {number} sinceMs epoch milliseconds @returns {string} seconds since then with one decimal, e.g. `12.3 s` */
export function elapsed(sinceMs) {
  return `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;
}

/** Prints one progress line under the stage at hand. @param {string} text */
export function note(text) {
  console.log(`    ${text}`);
}

/**
 * Runs one stage and prints one line when it ends; long stages print their own notes in between.
 * @param {string} title
 * @param {() => Promise<string> | string} work returns what it found or did
 */
export async function stage(title, work) {
  const begunAt = Date.now();
  const beforehand = setTimeout(() => console.log(`  ${title} …`), 700);
  try {
    const outcome = await work();
    console.log(`  ${title}: ${outcome} (${elapsed(begunAt)})`);
  } finally {
    clearTimeout(beforehand);
  }
}

/** @returns {string} time since the program began */
export function totalElapsed() {
  return elapsed(startedAt);
}
