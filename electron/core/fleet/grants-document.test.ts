import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DialectName } from '@shared/model/fleet';
import { capabilityCodes } from '@shared/model/instance';
import { capabilityRules, judgeCapabilities } from './capabilities';

const account = "'midwatch'@'%'";
const document = readFileSync(new URL('../../../docs/grants.md', import.meta.url), 'utf8');
const products: readonly (readonly [string, DialectName])[] = [
  ['MySQL', 'mysql'],
  ['MariaDB', 'mariadb'],
];

/** The statements of one capability as the document must have them: those of an account that holds nothing yet. */
function statementsOf(code: (typeof capabilityCodes)[number], dialect: DialectName): string {
  const capability = judgeCapabilities(['GRANT USAGE ON *.* TO x'], dialect, account).find((one) => one.code === code);
  return capability?.grantSql ?? '';
}

describe('docs/grants.md', () => {
  it.each(capabilityCodes)('says what %s needs and what is missing without it', (code) => {
    const { title, without } = capabilityRules[code];
    const start = document.indexOf(`## ${title}\n`);
    expect(start).toBeGreaterThan(-1);
    const end = document.indexOf('\n## ', start + 1);
    const section = document.slice(start, end < 0 ? undefined : end);
    expect(section).toContain(`Without it: ${without}.`);
    for (const [product, dialect] of products)
      expect(section).toContain(`${product}:\n\n\`\`\`sql\n${statementsOf(code, dialect)}\n\`\`\``);
  });

  it('has no section that the table does not have', () => {
    const titles = [...document.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    expect(titles).toEqual([
      ...capabilityCodes.map((code) => capabilityRules[code].title),
      'One account for everything',
    ]);
  });

  it.each(products)('gives one account for everything on %s that the table finds sufficient', (product, dialect) => {
    const all = document.slice(document.indexOf('## One account for everything'));
    const block = new RegExp(`${product}:\n\n\`\`\`sql\n([^\`]*)\`\`\``).exec(all)?.[1] ?? '';
    const grants = block.split('\n').map((line) => line.replace(/^GRANT ALL ON/, 'GRANT ALL PRIVILEGES ON'));
    const short = judgeCapabilities(grants, dialect, account).filter((one) => one.state !== 'works');
    expect(short.map((one) => [one.code, one.missing])).toEqual([]);
  });
});
