import type { ReactNode } from 'react';
import type { FenceRung } from '@shared/model/operation';
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
          <li
            key={rung.code}
            className={rung.usable ? 'fence-rung' : 'fence-rung c-t3'}
            data-rung={rung.code}
            data-usable={rung.usable}
          >
            <StatusIcon mark={rung === first ? 'ok' : rung.usable ? 'todo' : 'skipped'} size={14} />
            <span className="col">
              <span className="row">
                <span className="name ellipsis">{rung.title}</span>
                <span className={rung === first ? 'right nowrap c-ok' : 'right nowrap'}>
                  {rung === first ? 'Used first' : rung.usable ? 'In reserve' : 'Not usable'}
                </span>
              </span>
              <span className="label ellipsis" title={rung.why}>
                {rung.why}
              </span>
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
