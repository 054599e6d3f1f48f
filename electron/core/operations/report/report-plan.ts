import type { Report } from '@shared/model/report';
import { html, type Html } from '../../report-page/html';
import { facts, list, section, table, tag, type Tone } from '../../report-page/page-parts';
import { checkWord, lossFigure, moment } from './report-words';

/** What the outage was, as it was seen before the plan: failover only. */
export function verdictSection(report: Report): Html {
  const { verdict, fence, attestation } = report.plan;
  if (!verdict && fence.length === 0) return html``;
  return html`${section(
    'What the outage was',
    verdict &&
      html`<p><strong>${verdict.sentence}</strong></p>
        ${table(
          [{ title: 'Seen from' }, { title: 'Saw' }, { title: 'Evidence' }],
          verdict.viewpoints.map((one) => [`${one.from} (${one.kind})`, one.saw, one.evidence]),
        )}`,
  )}${section(
    'How the old primary was to be kept from writing',
    table(
      [{ title: 'Way' }, { title: 'Usable' }, { title: 'What it proves, or what is missing' }],
      fence.map((one) => [one.title, tag(one.usable ? ['good', 'yes'] : ['plain', 'no']), one.why]),
    ),
  )}${section('Sworn by a person', attestation && html`<p>${attestation.statement}</p>`)}`;
}

/** Every question that was asked before, with what was seen. */
export function checksSection(report: Report): Html {
  return section(
    'Checks before',
    table(
      [{ title: 'Check' }, { title: 'Outcome' }, { title: 'Evidence' }],
      report.plan.checks.map((one) => [
        one.title,
        tag(checkWord(one.status)),
        html`${one.evidence}${one.status === 'pass' || one.advice === '' ? null : html`<br /><span class="dim">${one.advice}</span>`}`,
      ]),
    ),
  );
}

const candidateWords: Readonly<Record<string, readonly [Tone, string]>> = {
  best: ['good', 'best'],
  possible: ['plain', 'possible'],
  excluded: ['watch', 'excluded'],
};

/** Every instance that could have been chosen, and why it was or was not. */
export function candidatesSection(report: Report): Html {
  return section(
    'Candidates',
    table(
      [{ title: 'Instance' }, { title: '' }, { title: 'Loses' }, { title: 'Why' }],
      report.plan.candidates.map((one) => [
        html`${one.instance}${one.region === '' ? null : html` <span class="dim">${one.region}</span>`}`,
        tag(candidateWords[one.state] ?? ['plain', one.state]),
        one.loss ? lossFigure(one.loss) : one.lostTransactions === null ? 'not known' : one.lostTransactions,
        html`${one.why}${list(one.rules.map((rule) => `${rule.holds ? '✓' : '✗'} ${rule.rule}: ${rule.evidence}`))}${
          one.executedGtid === '' ? null : html`<code class="dim">${one.executedGtid}</code>`
        }`,
      ]),
    ),
  );
}

/** What the plan said before the click. */
export function planSection(report: Report): Html {
  const { plan } = report;
  return section(
    'The plan that was approved',
    html`${facts([
      ['Button', plan.actLabel],
      ['Made', moment(plan.createdAtMs)],
      ['Plan', html`<code>${plan.id}</code>`],
    ])}${list(plan.impact.sentences)}${table(
      [{ title: 'What it saw' }, { title: '' }],
      Object.entries(plan.basis.facts).map(([name, value]) => [name, html`<code>${value}</code>`]),
    )}`,
  );
}
