import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { errorCodes } from './errors';

it('docs/troubleshooting.md names every error code once, with cause and next step', () => {
  const document = readFileSync(new URL('../docs/troubleshooting.md', import.meta.url), 'utf8');
  const rows = [...document.matchAll(/^\| `([a-z-]+)` +\| (.+?) +\| (.+?) +\|$/gm)];
  expect(rows.map((row) => row[1]).sort()).toEqual([...errorCodes].sort());
});
