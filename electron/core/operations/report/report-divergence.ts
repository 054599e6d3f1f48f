import type { Report } from '@shared/model/report';
import { html, type Html } from '../../report-page/html';
import { facts, list, section, table } from '../../report-page/page-parts';

const counted = (count: number | null): string => (count === null ? 'not known' : count.toLocaleString('en'));

/** What the two had not in common, the way that was chosen, and what a person swore to: rejoin and re-provision. */
export function divergenceSection(report: Report): Html {
  const { divergence, choices, attestation, verdict } = report.plan;
  return html`${
    divergence === null
      ? null
      : section(
          `What only ${divergence.instance} held, and what it lacked`,
          html`${facts([
            [
              `Only on ${divergence.instance}`,
              html`${counted(divergence.errantTransactions)} transactions <code>${divergence.errantGtid}</code>`,
            ],
            [`Only on ${divergence.against}`, `${counted(divergence.behindTransactions)} transactions in its logs`],
            ['Purged there', html`${counted(divergence.purgedTransactions)} <code>${divergence.purgedGtid}</code>`],
          ])}${table(
            [{ title: 'Transaction' }, { title: 'Table' }, { title: 'Change' }],
            divergence.rows.map((one) => [html`<code>${one.gtid}</code>`, one.table, one.change]),
          )}${divergence.rowsLeftOut === '' ? null : html`<p class="dim">${divergence.rowsLeftOut}</p>`}`,
        )
  }${section(
    'Ways to go on',
    list(
      choices.map(
        (one) =>
          `${one.chosen ? 'Chosen: ' : ''}${one.title}. ${one.consequence}${one.possible ? '' : ` Not possible: ${one.why}`}`,
      ),
    ),
  )}${verdict === null && attestation ? section('Sworn by a person', html`<p>${attestation.statement}</p>`) : null}`;
}

/** Files that were kept, so that somebody can say years later that they are still the same. */
export function evidenceSection({ evidence }: Report): Html {
  return section(
    'Files kept as evidence',
    table(
      [{ title: 'File' }, { title: 'Bytes', kind: 'figure' }, { title: 'SHA-256' }],
      evidence.map((one) => [
        html`<code>${one.path}</code>`,
        one.bytes.toLocaleString('en'),
        html`<code>${one.sha256}</code>`,
      ]),
    ),
  );
}
