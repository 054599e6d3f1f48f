import type { ReactNode } from 'react';
import type { AppError } from '@shared/errors';
import { StatusIcon } from './status-badge';

const hidden = new Set(['host', 'port', 'pinned', 'offered']);

/** A failure: what happened, the server's own words, the next step, and the one act that may fix it. */
export function ErrorCard({
  error,
  quiet = false,
  children,
}: {
  readonly error: AppError;
  /** Amber instead of red: nothing is burning, a wish was refused. */
  readonly quiet?: boolean;
  readonly children?: ReactNode;
}): ReactNode {
  const words = Object.entries(error.details).filter(([name]) => !hidden.has(name));
  return (
    <div className={quiet ? 'error-card quiet' : 'error-card'} role="alert" data-code={error.code}>
      <div className="row" style={{ alignItems: 'flex-start', gap: 6 }}>
        <StatusIcon mark={quiet ? 'watch' : 'failed'} />
        <div className="grow">
          <span className="name">{error.message}</span>
          {error.nextStep !== '' && <div className="c-t1">{error.nextStep}</div>}
          {words.map(([name, value]) => (
            <div key={name} className="error-words">
              <span className="c-t3">{name === 'cause' ? 'Server says' : name}: </span>
              <span className="mono">{String(value)}</span>
            </div>
          ))}
          {children !== undefined && children !== null && (
            <div className="row" style={{ marginTop: 8, flexWrap: 'wrap' }}>
              {children}
            </div>
          )}
        </div>
      </div>
    </div>
  );
}
