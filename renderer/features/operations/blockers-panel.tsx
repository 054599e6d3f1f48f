import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Blocker } from '@shared/model/run';
import { formatSeconds, plural } from '../../lib/format';
import { useAct } from '../../lib/queries';
import { ErrorCard } from '../../ui/error-card';
import { Panel } from '../../ui/panel';

/** Sessions that hold the fence up: end one, or wait; the fence gives up by itself at its limit. */
export function BlockersPanel({
  runId,
  blockers,
}: {
  readonly runId: string;
  readonly blockers: readonly Blocker[];
}): ReactNode {
  const kill = useAct('operation.killBlocker', { done: () => 'Session ended' });
  return (
    <Panel flush className="none" tone="watch" title="Holds the fence up" note={plural(blockers.length, 'session')}>
      {kill.error && <ErrorCard error={kill.error} />}
      <div style={{ maxHeight: 132, overflow: 'auto' }}>
        {blockers.map((blocker) => (
          <div
            key={blocker.sessionId}
            className="row small"
            style={{ padding: '4px 10px' }}
            data-blocker={blocker.sessionId}
          >
            <span className="mono name">{blocker.sessionId}</span>
            <span className="c-t2 nowrap">
              {blocker.user}, {formatSeconds(blocker.seconds)}
            </span>
            <span className="mono ellipsis grow" title={blocker.statement}>
              {blocker.statement}
            </span>
            <Button
              variant="outline"
              color="red"
              h={22}
              loading={kill.busy}
              onClick={() => kill.run({ runId, sessionId: blocker.sessionId })}
            >
              Kill {blocker.sessionId}
            </Button>
          </div>
        ))}
      </div>
    </Panel>
  );
}
