import { describe, expect, it } from 'vitest';
import { readAll } from '../../testing/read-slow-log';

const characters = '0123456789abcdefghijklmnop';

describe('who sent a statement', () => {
  it('is read right of thousands of names that differ in two characters', () => {
    // Four bytes apart: they meet in one place of a word, where hashes of words are weakest.
    for (const offset of [0, 1, 2, 3]) {
      const names = [...characters].flatMap((a) => [...characters].map((b) => `${'x'.repeat(offset)}${a}yyy${b}z`));
      const log = names
        .map((user) => `# User@Host: ${user}[${user}] @  [10.0.0.1]  Id: 7\n# Query_time: 1\nSELECT 1;\n`)
        .join('');
      // Twice: the second time all are known.
      expect(readAll(log + log).statements.map(({ user }) => user)).toEqual([...names, ...names]);
    }
  });
});
