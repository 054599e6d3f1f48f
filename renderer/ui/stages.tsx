import { Fragment, type ReactNode } from 'react';
import { StatusIcon } from './status-badge';

/** Where in a row of stages one is; `at` is the name of the present one. */
export function Stages<Name extends string>({
  names,
  at,
}: {
  readonly names: readonly Name[];
  readonly at: Name;
}): ReactNode {
  const now = names.indexOf(at);
  return (
    <ol className="stages" aria-label="Stages">
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
