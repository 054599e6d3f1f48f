import { Button, Checkbox, TextInput } from '@mantine/core';
import { useRef, useState, type ReactNode } from 'react';
import type { ClusterState } from '@shared/model/fleet';
import type { ProcessList } from '@shared/model/instance';
import { rowBindings, useKeys } from '../../lib/keyboard';
import { useWatch } from '../../lib/queries';
import { formatCount, plural } from '../../lib/format';
import { Age } from '../../ui/age';
import { DataGrid, type GridSort } from '../../ui/data-grid';
import { EmptyState } from '../../ui/empty-state';
import { ErrorCard } from '../../ui/error-card';
import { IconFilter, IconPlayerPause, IconPlayerPlay } from '../../ui/icons';
import { KeyHint } from '../../ui/key-hint';
import { Panel } from '../../ui/panel';
import { SkeletonRows } from '../../ui/skeleton-rows';
import { StatusBadge } from '../../ui/status-badge';
import { usePlanNow } from './running-plan';
import { sessionColumns, treeColumns } from './session-columns';
import { SessionPanel } from './session-panel';
import { blockTree, isSleeper, listSessions, type SessionSort } from './sessions';

/** More rows than this are not drawn: the filter finds them. */
const mostRows = 300;
const sorts: readonly SessionSort[] = ['id', 'state', 'seconds', 'user', 'rows'];

/** The live process list: who runs what, who blocks whom, and the way to end one. */
export function ProcessesTab({
  cluster,
  instanceId,
}: {
  readonly cluster: ClusterState;
  readonly instanceId: string;
}): ReactNode {
  const live = useWatch('instance.processes', { instanceId });
  const [held, setHeld] = useState<ProcessList | null>(null);
  const list = held ?? live.data;
  const pause = (): void => setHeld((before) => (before === null ? (live.data ?? null) : null));
  useKeys([{ keys: 'P', what: held ? 'Go on with the live list' : 'Pause the live list', run: pause }]);
  if (!list) {
    return (
      <Panel flush className="grow" title="All sessions">
        {live.error ? <ErrorCard error={live.error} /> : <SkeletonRows />}
      </Panel>
    );
  }
  return (
    <>
      {live.error && <ErrorCard error={live.error} quiet />}
      <Sessions cluster={cluster} list={list} paused={held !== null} onPause={pause} />
    </>
  );
}

function Sessions({
  cluster,
  list,
  paused,
  onPause,
}: {
  readonly cluster: ClusterState;
  readonly list: ProcessList;
  readonly paused: boolean;
  readonly onPause: () => void;
}): ReactNode {
  const [hideSleepers, setHideSleepers] = useState(true);
  const [filter, setFilter] = useState('');
  const [sort, setSort] = useState<GridSort>({ column: 'seconds', direction: 'desc' });
  const [picked, setPicked] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const tree = blockTree(list.sessions);
  const found = listSessions(list.sessions, {
    hideSleepers,
    filter,
    sort: sorts.find((each) => each === sort.column) ?? 'seconds',
    direction: sort.direction,
  });
  const rows = found.slice(0, mostRows);
  // The root of the tree is what one looks for: it is selected until another is.
  const selected = picked ?? (tree[0] ? String(tree[0].session.id) : null);
  const session = list.sessions.find((each) => String(each.id) === selected) ?? null;
  const planNow = usePlanNow(list.instanceId, selected === null ? null : Number(selected), session);
  useKeys([
    { keys: '/', what: 'Filter this list', run: () => input.current?.focus() },
    { keys: 'E', what: 'Plan of what the selected session runs', run: planNow.ask },
    ...rowBindings({
      ids: [...tree.map((row) => String(row.session.id)), ...rows.map((row) => String(row.id))],
      selected,
      select: setPicked,
    }),
  ]);
  const asleep = list.sessions.filter(isSleeper).length;
  return (
    <div className="sessions">
      <div className="col gap-panels" style={{ minHeight: 0 }}>
        {list.limits.map((limit) => (
          <StatusBadge key={limit} mark="watch" plain>
            {limit}
          </StatusBadge>
        ))}
        {tree.length > 0 && (
          <Panel
            flush
            className="none"
            title="Who blocks whom"
            note={plural(tree.length, 'session')}
            right="root first, longest wait first"
            style={{ maxHeight: planNow.panel === null ? '46%' : '26%' }}
          >
            <div className="scroll" tabIndex={0}>
              <DataGrid
                label="Who blocks whom"
                rows={tree}
                columns={treeColumns}
                rowId={(row) => String(row.session.id)}
                selected={selected}
                onSelect={(row) => setPicked(String(row.session.id))}
                rowAttributes={(row) => ({ 'data-blocks': String(row.blocks) })}
                height="auto"
              />
            </div>
          </Panel>
        )}
        <Panel
          flush
          className="grow"
          title="All sessions"
          note={`${formatCount(list.sessions.length)} of ${formatCount(list.maxConnections)}${hideSleepers ? `, ${asleep} asleep hidden` : ''}${found.length > mostRows ? `, first ${mostRows} shown` : ''}`}
          right={
            <>
              {paused ? (
                <span className="c-watch">paused</span>
              ) : (
                <Age atMs={list.atMs} prefix="asked " suffix=" ago, each 1 s" />
              )}
              <Checkbox
                label="Hide sleepers"
                checked={hideSleepers}
                onChange={(event) => setHideSleepers(event.currentTarget.checked)}
              />
              <TextInput
                ref={input}
                aria-label="Filter sessions"
                placeholder="user, host, text, state"
                w={180}
                value={filter}
                leftSection={<IconFilter size={12} />}
                styles={{ input: { height: 22, minHeight: 22 } }}
                onChange={(event) => setFilter(event.currentTarget.value)}
              />
              <Button
                variant="default"
                h={22}
                leftSection={paused ? <IconPlayerPlay size={12} /> : <IconPlayerPause size={12} />}
                rightSection={<KeyHint>P</KeyHint>}
                onClick={onPause}
              >
                {paused ? 'Go on' : 'Pause'}
              </Button>
            </>
          }
        >
          <div className="grow">
            <DataGrid
              label="All sessions"
              rows={rows}
              columns={sessionColumns}
              rowId={(row) => String(row.id)}
              selected={selected}
              onSelect={(row) => setPicked(String(row.id))}
              sort={sort}
              onSort={setSort}
              rowAttributes={(row) => ({ 'data-session': String(row.id), 'data-kind': row.kind })}
              empty={<EmptyState text={filter === '' ? 'None but sleepers.' : `No session matches “${filter}”.`} />}
            />
          </div>
        </Panel>
        {planNow.panel}
      </div>
      <SessionPanel
        cluster={cluster}
        instanceId={list.instanceId}
        session={session}
        planNow={planNow}
        freed={tree.find((row) => String(row.session.id) === selected)?.blocks ?? 0}
        gone={picked !== null}
      />
    </div>
  );
}
