import type { ReactNode } from 'react';
import type { FenceRung } from '@shared/model/verdict';
import { Panel } from '../../ui/panel';
import { StatusIcon } from '../../ui/status-badge';

/** Ways to make sure that the old primary takes no write, in the order they are tried. The first usable one is used. */
export function FencePanel({
  fence,
  primary,
}: {
  readonly fence: readonly FenceRung[];
  readonly primary: string;
}): ReactNode {
  const first = fence.find((rung) => rung.usable);
  const usable = fence.filter((rung) => rung.usable).length;
  return (
    <Panel flush title={`Fence for ${primary}`} note={`${usable} of ${fence.length} usable`}>
      <ol className="scroll fence" aria-label="Fence, one rung each" tabIndex={0}>
        {fence.map((rung) => (
          <Rung key={rung.code} rung={rung} first={rung === first} />
        ))}
      </ol>
    </Panel>
  );
}

/** A usable rung says what it proves; one that is not takes a single line, so that the usable ones stay in sight. */
function Rung({ rung, first }: { readonly rung: FenceRung; readonly first: boolean }): ReactNode {
  const { code, title, usable, why } = rung;
  return (
    <li className={usable ? 'fence-rung' : 'fence-rung c-t3'} data-rung={code} data-usable={usable} title={why}>
      <StatusIcon mark={first ? 'ok' : usable ? 'todo' : 'skipped'} size={14} />
      {usable ? (
        <span className="col">
          <span className="row">
            <span className="name ellipsis">{title}</span>
            <span className={first ? 'right nowrap c-ok' : 'right nowrap'}>{first ? 'Used first' : 'In reserve'}</span>
          </span>
          <span className="label ellipsis">{why}</span>
        </span>
      ) : (
        <span className="row">
          <span className="ellipsis none rung-title">{title}</span>
          <span className="label right ellipsis">Not usable: {why}</span>
        </span>
      )}
    </li>
  );
}
