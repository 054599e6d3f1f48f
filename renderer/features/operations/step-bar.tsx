import type { ReactNode } from 'react';
import type { StepAdvance } from '@shared/model/run';
import { advanceWords, shareOf } from './advance-words';

/** How far the step at work is: a bar where the whole is known, and the figures in words. */
export function StepBar({ advance }: { readonly advance: StepAdvance }): ReactNode {
  const share = shareOf(advance);
  const words = advanceWords(advance);
  return (
    <span className="step-bar" data-testid="advance" title={`${advance.text}: ${words}`}>
      <span className="c-run ellipsis">{advance.text}</span>
      {share !== null && (
        <span
          className="step-bar-track"
          role="progressbar"
          aria-label={advance.text}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(share * 100)}
        >
          <i style={{ width: `${share * 100}%` }} />
        </span>
      )}
      <span className="nowrap">{words}</span>
    </span>
  );
}
