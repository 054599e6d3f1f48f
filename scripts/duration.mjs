const unitsMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * @param {string} text such as `60s`, `500ms`, `5m`; a bare number is seconds
 * @returns {number} milliseconds
 * @throws Error that shows how to write it
 */
export function readDurationMs(text) {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  if (!match) throw new Error(`"${text}" is no duration: write for example 60s or 5m`);
  return Number(match[1]) * unitsMs[match[2] ?? 's'];
}
