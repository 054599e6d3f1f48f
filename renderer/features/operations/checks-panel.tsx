import type { ReactNode } from 'react';
import type { Check } from '@shared/model/plan';
import { Age } from '../../ui/age';
import { Panel } from '../../ui/panel';
import { checkMark } from '../../ui/run-words';
import { StatusIcon } from '../../ui/status-badge';
import { rankChecks } from './plan-words';

/** What was asked before anything happens, and what answered; what does not pass stands first. `narrow`: title over evidence. */
export function ChecksPanel({
  checks,
  narrow = false,
}: {
  readonly checks: readonly Check[];
  readonly narrow?: boolean;
}): ReactNode {
  const passed = checks.filter((check) => check.status === 'pass').length;
  return (
    <Panel flush title="Checks" note={`${passed} of ${checks.length} pass`} right="age of answer">
      <div className="scroll" tabIndex={0} role="region" aria-label="Checks, one row each">
        <table className={narrow ? 'board two-line wraps' : 'board wraps'} aria-label="Checks">
          <colgroup>
            <col width="28" />
            {!narrow && <col width="36%" />}
            <col />
            <col width="64" />
          </colgroup>
          <tbody>
            {rankChecks(checks).map((check) => (
              <tr key={check.code} data-check={check.code} data-status={check.status}>
                <td className="icon-cell">
                  <StatusIcon mark={checkMark(check.status)} size={13} />
                </td>
                {!narrow && <td className="name">{check.title}</td>}
                <td>
                  {narrow && <div className="name">{check.title}</div>}
                  <div className={narrow ? 'label' : ''}>
                    {check.evidence}
                    {check.status !== 'pass' && check.advice !== '' && <span className="c-watch"> {check.advice}</span>}
                  </div>
                </td>
                <td className="num">
                  <Age atMs={check.atMs} oldAfterMs={60_000} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
