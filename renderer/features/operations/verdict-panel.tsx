import type { ReactNode } from 'react';
import type { Check } from '@shared/model/plan';
import type { Verdict, Viewpoint } from '@shared/model/verdict';
import { formatAge, plural } from '../../lib/format';
import { Panel } from '../../ui/panel';
import { StatusIcon, type Mark } from '../../ui/status-badge';
import { verdictWords } from './verdict-words';

const saw: Readonly<Record<Viewpoint['saw'], { readonly mark: Mark; readonly word: string }>> = {
  answers: { mark: 'ok', word: 'Answers' },
  refuses: { mark: 'failed', word: 'Refuses' },
  silent: { mark: 'failed', word: 'Silent' },
  gone: { mark: 'failed', word: 'Gone' },
  hangs: { mark: 'failed', word: 'Hangs' },
  full: { mark: 'watch', word: 'Full' },
  'cannot-tell': { mark: 'unknown', word: 'Cannot tell' },
};

/**
 * What the outage is, in one sentence, and every place from which the primary was looked at. `region`: whether its region is
 * lost as a whole, where a failover leaves it.
 */
export function VerdictPanel({
  verdict,
  region,
}: {
  readonly verdict: Verdict;
  readonly region: Check | undefined;
}): ReactNode {
  const { tone, word } = verdictWords[verdict.kind];
  return (
    <Panel flush tone={tone}>
      <div style={{ padding: '8px 14px 6px' }} data-testid="verdict" data-verdict={verdict.kind} className="none">
        <div className="label row">
          Verdict: {word}, from {plural(verdict.viewpoints.length, 'viewpoint')}
          {region && (
            <span
              className={`right name ${region.status === 'pass' ? 'c-act' : 'c-watch'}`}
              data-testid="region-lost"
              title={region.advice}
            >
              {region.status === 'pass' ? region.title : 'Not the whole region'}: {region.evidence}
            </span>
          )}
        </div>
        <div className="verdict">{verdict.sentence}</div>
        {!verdict.offersFailover && (
          <div className="row" style={{ marginTop: 4 }} data-testid="verdict-next">
            <span className="chip tone-watch">Do this next</span>
            <span className="name">{verdict.nextStep}</span>
          </div>
        )}
      </div>
      <div className="scroll" tabIndex={0} role="region" aria-label="Viewpoints, one row each">
        <table className="board" aria-label="Viewpoints">
          <colgroup>
            <col width="30" />
            <col width="30%" />
            <col width="88" />
            <col />
            <col width="56" />
          </colgroup>
          <thead>
            <tr>
              <th aria-label="Mark" />
              <th>From</th>
              <th>Saw</th>
              <th>Evidence</th>
              <th className="num">Age</th>
            </tr>
          </thead>
          <tbody>
            {verdict.viewpoints.map((point) => (
              <ViewpointRow key={`${point.kind} ${point.from}`} point={point} />
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function ViewpointRow({ point }: { readonly point: Viewpoint }): ReactNode {
  const { mark, word } = saw[point.saw];
  return (
    <tr data-viewpoint={point.kind} data-saw={point.saw}>
      <td className="icon-cell">
        <StatusIcon mark={mark} size={13} />
      </td>
      <td className="name" title={point.from}>
        {point.from}
      </td>
      <td>{word}</td>
      <td title={point.evidence} className="c-t2">
        {point.evidence}
      </td>
      <td className="num c-t3">{point.ageMs === null ? '–' : formatAge(point.ageMs)}</td>
    </tr>
  );
}
