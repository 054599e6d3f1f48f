import { Fragment, type ReactNode } from 'react';
import { StatusIcon } from '../../ui/status-badge';

const names = ['Plan', 'Decide', 'Run', 'Report'] as const;
export type StageName = (typeof names)[number];

/** Where in the wizard one is. */
export function Stages({ at }: { readonly at: StageName }): ReactNode {
  const now = names.indexOf(at);
  return (
    <ol className="stages" aria-label="Stages" style={{ margin: 0, padding: 0, listStyle: 'none' }}>
      {names.map((name, index) => (
        <Fragment key={name}>
          {index > 0 && <li className="stage-dash" aria-hidden />}
          <li
            className={`stage-item ${index === now ? 'now' : index < now ? 'past' : ''}`}
            aria-current={index === now ? 'step' : undefined}
          >
            <StatusIcon mark={index < now ? 'ok' : index === now ? 'run' : 'todo'} size={13} />
            {name}
          </li>
        </Fragment>
      ))}
    </ol>
  );
}
