import type { Capture, StatementClass } from '@shared/model/query-capture';
import type { Review, ReviewItem } from '@shared/model/query-review';
import { html, trusted, type Html } from '../../report-page/html';
import { facts, list, section, table, tag, type Tone } from '../../report-page/page-parts';
import { pageStyle } from '../../report-page/page-style';
import { loadChart, spreadChart, topChart } from './report-charts';
import {
  attributeHeads,
  attributeRow,
  attributesOf,
  callsPerSecond,
  concurrencyOf,
  countText,
  coverageTexts,
  dispersionOf,
  gainText,
  itemOf,
  momentText,
  reported,
  sampleText,
  secondsOf,
  shareText,
  stateWords,
  timeText,
} from './report-figures';

const chartStyle = `
figure { margin: .5rem 0; } figure svg { width: 100%; height: 120px; background: var(--soft); }
figcaption { color: var(--dim); font-size: 12px; }
.line { fill: none; stroke: #2f6fdf; stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.mark { stroke: var(--watch); stroke-width: 1; stroke-dasharray: 3 3; vector-effect: non-scaling-stroke; }
.bar { width: 200px; height: 9px; } .bar rect { fill: #2f6fdf; }
table.bars td { border-bottom: 0; padding: .1rem .5rem .1rem 0; } table.bars { width: auto; }
`;

const tones: Readonly<Record<ReviewItem['state'], Tone>> = {
  new: 'plain',
  investigating: 'plain',
  decided: 'watch',
  done: 'good',
  accepted: 'plain',
  reopened: 'bad',
};

/**
 * The review as one page that stands alone: no script, nothing loaded, every text escaped. First what was decided and what
 * came of it, then every figure of the classes, as pt-query-digest's reader looks for them.
 * @param making when it was made, and by which version
 */
export function reviewPage(
  review: Review,
  capture: Capture,
  making: { readonly atMs: number; readonly version: string },
): string {
  const classes = reported(capture, review);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${review.title}</title>
        <style>
          ${trusted(pageStyle + chartStyle)}
        </style>
      </head>
      <body>
        <header>
          <h1>${review.title}</h1>
          <p class="dim">
            ${review.clusterName} ${momentText(capture.fromMs)} to ${momentText(capture.toMs)}, captured by
            ${review.createdBy}${review.redacted ? ', without the values of statements' : ', with the values of statements'}
          </p>
        </header>
        <main>
          ${section('What was read', list(coverageTexts(capture.coverage, capture.calls)))}
          ${section('Decisions', decisions(review, capture))}
          ${section('Over the window', loadChart(capture, review.annotations))}
          ${section('The costliest five', topChart(capture.classes.slice(0, 5)))}
          ${section('Overall', attributeTable(capture.metrics, capture.metrics))}
          ${section('Profile', profile(classes, capture, review))}
          ${classes.map((one) => classSection(one, capture, review))}
        </main>
        <footer>Made by Midwatch ${making.version}, ${momentText(making.atMs)}</footer>
      </body>
    </html> `.text;
}

function attributeTable(own: Capture['metrics'], all: Capture['metrics']): Html {
  const { told, zero } = attributesOf(own);
  const heads = attributeHeads.map((title, at) => ({
    title,
    kind: at === 0 ? ('time' as const) : ('figure' as const),
  }));
  return html`${table(
    heads,
    told.map(([name, one]) => attributeRow(name, one, all[name])),
  )}
  ${zero.length === 0 ? null : html`<p class="dim">Zero in every statement: ${zero.join(', ')}</p>`}`;
}

function decisions(review: Review, capture: Capture): Html | null {
  const known = new Map(capture.classes.map((one) => [one.id, one]));
  const rows = Object.values(review.items)
    .filter((item) => item.decision !== null || item.state !== 'new')
    .map((item): readonly (Html | string)[] => [
      tag([tones[item.state], stateWords[item.state]]),
      html`<code>${known.get(item.classId)?.fingerprint.slice(0, 160) ?? item.classId}</code>`,
      item.owner,
      item.decision === null
        ? (item.notes.at(-1)?.text ?? '')
        : html`${item.decision.kind}: <code>${item.decision.change}</code>`,
      item.decision?.prediction ? gainText(item.decision.prediction.secondsPerCall) : '–',
      item.realised === null ? item.reopenedBecause || '–' : gainText(item.realised.secondsPerCall),
    ]);
  return table(
    [
      { title: 'State' },
      { title: 'Statement class' },
      { title: 'Owner' },
      { title: 'Decision' },
      { title: 'Predicted' },
      { title: 'Realised' },
    ],
    rows,
  );
}

function profile(classes: readonly StatementClass[], capture: Capture, review: Review): Html | null {
  const all = capture.metrics['Query_time']?.total ?? 0;
  return table(
    [
      { title: 'Rank', kind: 'figure' },
      { title: 'Query id', kind: 'time' },
      { title: 'Response time', kind: 'figure' },
      { title: '%', kind: 'figure' },
      { title: 'Calls', kind: 'figure' },
      { title: 'R/call', kind: 'figure' },
      { title: 'V/M', kind: 'figure' },
      { title: 'Movement' },
      { title: 'Item' },
    ],
    classes.map((one) => [
      String(capture.classes.indexOf(one) + 1),
      html`<code>0x${one.ptChecksum.slice(-16)}</code>`,
      timeText(secondsOf(one)),
      shareText(secondsOf(one), all),
      countText(one.calls),
      timeText(one.calls > 0 ? secondsOf(one) / one.calls : null),
      countText(dispersionOf(one.metrics['Query_time'])),
      review.comparisons[one.id]?.movement.replace('-', ' ') ?? '–',
      `${one.verb.toUpperCase()} ${one.tables.slice(0, 3).join(' ')}`,
    ]),
  );
}

function classSection(one: StatementClass, capture: Capture, review: Review): Html {
  const item = itemOf(review, one.id);
  const comparison = review.comparisons[one.id];
  const shares = (name: 'schemas' | 'users' | 'hosts' | 'applications'): string =>
    one[name]
      .slice(0, 8)
      .map((share) => `${share.name || '(none)'} ${countText(share.calls)} (${timeText(share.seconds)})`)
      .join(', ');
  const sample = one.samples[0];
  return section(
    `Class ${capture.classes.indexOf(one) + 1}: ${one.verb} ${one.tables.slice(0, 3).join(', ')}`,
    html`
      <pre>${one.fingerprint.slice(0, 4000)}</pre>
      ${facts([
        ['Ids', `${one.id}, pt 0x${one.ptChecksum.slice(-16)}`],
        ['Server digest', one.serverDigests.slice(0, 2).join(' ')],
        [
          'Rate',
          `${countText(callsPerSecond(one.calls, capture))} calls a second, concurrency ${countText(concurrencyOf(secondsOf(one), capture))}`,
        ],
        ['Seen', `${momentText(one.firstSeenMs)} to ${momentText(one.lastSeenMs)}`],
        ['Against before', comparison?.evidence ?? ''],
        ['Schemas', shares('schemas')],
        ['Users', shares('users')],
        ['Hosts', shares('hosts')],
        ['Applications', shares('applications')],
        [
          'Flags',
          Object.entries(one.flags)
            .map(([flag, calls]) => `${flag.replaceAll('_', ' ')} ${shareText(calls, one.calls)}`)
            .join(', '),
        ],
        ['State', item === null ? '' : stateWords[item.state]],
        ['Owner', item?.owner ?? ''],
        ['Realised', item?.realised ? gainText(item.realised.secondsPerCall) : ''],
      ])}
      ${attributeTable(one.metrics, capture.metrics)} ${spreadChart(one.metrics['Query_time']?.buckets ?? [])}
      ${item === null ? null : experiments(item)}
      ${
        item === null || item.notes.length === 0
          ? null
          : list(item.notes.map((note) => `${note.by}, ${momentText(note.atMs)}: ${note.text}`))
      }
      ${
        sample === undefined
          ? null
          : html`<p>Sample: ${sampleText(sample)}</p>
              <pre>${sample.sql.slice(0, 4000)}</pre>`
      }
    `,
  );
}

function experiments(item: ReviewItem): Html {
  const plan = item.planNow ?? item.planAtCapture;
  return html`
    ${
      plan === null
        ? null
        : html`<pre>
${plan.nodes
              .map(
                (node) =>
                  `${'  '.repeat(node.depth)}${node.operation} ${[node.table ?? '', node.index === null ? '' : `by ${node.index}`].filter(Boolean).join(' ')} (estimated ${countText(node.estimatedRows)}, actual ${countText(node.actualRows)}, own ${node.ownMs === null ? '–' : timeText(node.ownMs / 1000)})`,
              )
              .join('\n')}</pre>`
    }
    ${item.indexExperiments.map(
      ({ trial, change, instance }) =>
        html`<p>
            Index ${trial.index} on ${instance}:
            ${trial.used ? 'taken by the optimizer' : 'not taken'}${trial.estimate ? ', estimate on a copy' : ''}
          </p>
          <pre>${change.statements.join(';\n')}</pre>`,
    )}
    ${item.rewriteExperiments.map(
      ({ result, rewrite, instance }) =>
        html`<p>
            Rewrite on ${instance}:
            ${result.sentence}${result.measured === null ? '' : `, ${timeText(result.measured.originalMs.middle / 1000)} → ${timeText(result.measured.rewriteMs.middle / 1000)}`}
          </p>
          <pre>${rewrite}</pre>`,
    )}
  `;
}
