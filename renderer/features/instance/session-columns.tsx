import type { ReactNode } from 'react';
import type { Session } from '@shared/model/instance';
import { formatBareSeconds, formatCount, formatSeconds } from '../../lib/format';
import type { GridColumn } from '../../ui/data-grid';
import { StatusBadge, type Mark } from '../../ui/status-badge';
import type { BlockedRow } from './sessions';

const kinds: Readonly<Record<Session['kind'], { readonly mark: Mark; readonly word: string }>> = {
  running: { mark: 'run', word: 'Running' },
  sleeping: { mark: 'todo', word: 'Sleeping' },
  replication: { mark: 'ok', word: 'Replication' },
  midwatch: { mark: 'note', word: 'Midwatch' },
  system: { mark: 'note', word: 'System' },
};

function StateCell({ session }: { readonly session: Session }): ReactNode {
  if (session.blockedBy.length > 0) {
    return (
      <StatusBadge mark="stale" plain>
        Waits
      </StatusBadge>
    );
  }
  if (session.kind === 'sleeping' && session.trx !== null) {
    return (
      <StatusBadge mark="watch" plain>
        Idle in trx
      </StatusBadge>
    );
  }
  const kind = kinds[session.kind];
  return (
    <StatusBadge mark={kind.mark} plain>
      {kind.word}
    </StatusBadge>
  );
}

const statement = (session: Session): ReactNode => (
  <span className="mono c-t2" title={session.statement}>
    {session.statement || session.state || session.command}
  </span>
);

const doing = (session: Session): string =>
  session.kind === 'sleeping' && session.trx !== null
    ? `idle in transaction, ${formatSeconds(session.trx.ageSeconds)}`
    : session.state || session.command;

/** Columns of the live list; heads sort. */
export const sessionColumns: readonly GridColumn<Session>[] = [
  {
    id: 'id',
    title: 'Session',
    width: 84,
    sortable: true,
    render: (each) => <span className="mono name">{each.id}</span>,
  },
  { id: 'state', title: 'State', width: 112, sortable: true, render: (each) => <StateCell session={each} /> },
  {
    id: 'seconds',
    title: 'Time, s',
    width: 74,
    align: 'right',
    sortable: true,
    render: (each) => formatBareSeconds(each.seconds),
  },
  {
    id: 'user',
    title: 'User, host',
    width: 172,
    sortable: true,
    render: (each) => (
      <span className="c-t2">
        {each.user}@{each.host}
      </span>
    ),
  },
  { id: 'schema', title: 'Schema', width: 78, render: (each) => <span className="c-t2">{each.schema}</span> },
  {
    id: 'rows',
    title: 'Rows changed',
    width: 102,
    align: 'right',
    sortable: true,
    render: (each) => formatCount(each.trx?.rowsModified ?? null),
  },
  { id: 'statement', title: 'Statement', render: statement },
];

/** Columns of the tree. */
export const treeColumns: readonly GridColumn<BlockedRow>[] = [
  {
    id: 'id',
    title: 'Session',
    width: 116,
    render: ({ session, depth }) => (
      <span className="mono" style={{ paddingLeft: Math.max(0, depth - 1) * 14 }}>
        {depth > 0 && <span className="c-t3">└ </span>}
        <span className="name">{session.id}</span>
      </span>
    ),
  },
  {
    id: 'state',
    title: 'State',
    width: 140,
    render: ({ depth, blocks }) => (
      <StatusBadge mark={depth === 0 ? 'watch' : 'stale'} plain={depth > 0}>
        {depth === 0 ? `Blocks ${blocks}` : blocks > 0 ? `Waits, blocks ${blocks}` : 'Waits'}
      </StatusBadge>
    ),
  },
  {
    id: 'waits',
    title: 'Waits, s',
    width: 68,
    align: 'right',
    render: ({ session, depth }) => (depth === 0 ? '–' : formatBareSeconds(session.seconds)),
  },
  {
    id: 'for',
    title: 'Doing',
    width: 190,
    render: ({ session }) => <span className="c-t2">{doing(session)}</span>,
  },
  {
    id: 'rows',
    title: 'Rows changed',
    width: 98,
    align: 'right',
    render: ({ session }) => formatCount(session.trx?.rowsModified ?? null),
  },
  { id: 'statement', title: 'Statement', render: ({ session }) => statement(session) },
];
