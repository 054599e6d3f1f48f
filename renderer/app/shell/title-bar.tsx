import { ActionIcon } from '@mantine/core';
import { Fragment, type ReactNode } from 'react';
import type { FleetSnapshot } from '@shared/model/fleet';
import type { Severity } from '@shared/model/health';
import type { RunSummary } from '@shared/model/run';
import { call } from '../../lib/bridge';
import { plural } from '../../lib/format';
import { navigate, type Route } from '../../lib/router';
import { openPalette } from '../../ui/command-palette';
import { IconChevronRight, IconLock, IconLockOpen, IconMinus, IconSearch, IconSquare, IconX } from '../../ui/icons';
import { KeyHint } from '../../ui/key-hint';
import { StatusBadge } from '../../ui/status-badge';
import { crumbsOf } from './crumbs';
import { Logo } from './logo';

/** Where you are, the search, how many clusters need somebody, whether anything is unlocked. */
export function TitleBar({
  route,
  fleet,
  waiting,
}: {
  readonly route: Route;
  readonly fleet: FleetSnapshot | undefined;
  readonly waiting: readonly RunSummary[];
}): ReactNode {
  const crumbs = crumbsOf(route, fleet);
  const clusters = fleet?.clusters ?? [];
  const count = (severity: Severity): number => clusters.filter((cluster) => cluster.severity === severity).length;
  const running = clusters.find((cluster) => cluster.runningOperation !== null)?.runningOperation ?? null;
  return (
    <header className="titlebar">
      <div className="brand">
        <Logo />
        <span className="nav-label">Midwatch</span>
      </div>
      <div className="crumbs" aria-label="Path">
        {crumbs.map((crumb, index) => (
          <Fragment key={crumb.text}>
            {index > 0 && <IconChevronRight size={12} className="none" />}
            {index === crumbs.length - 1 ? (
              <span aria-current="page" className="ellipsis">
                {crumb.text}
              </span>
            ) : (
              <button type="button" className="link" onClick={() => navigate(crumb.route)}>
                {crumb.text}
              </button>
            )}
          </Fragment>
        ))}
      </div>
      <button type="button" className="omnibox" aria-label="Go to or do" onClick={openPalette}>
        <IconSearch size={13} />
        <span className="grow">Go to or do…</span>
        <KeyHint>Ctrl K</KeyHint>
      </button>
      <div className="title-right">
        {running && (
          <button
            type="button"
            className="link ellipsis"
            onClick={() => navigate({ name: 'run', runId: running.runId, stage: 'run' })}
          >
            <StatusBadge mark="run">{running.title}</StatusBadge>
          </button>
        )}
        {waiting.length > 0 && (
          <button type="button" className="link" onClick={() => navigate(routeTo(waiting))}>
            <StatusBadge mark="act">{plural(waiting.length, 'run needs', 'runs need')} you</StatusBadge>
          </button>
        )}
        <Count mark="act" count={count('act')} word="act now" />
        <Count mark="watch" count={count('watch')} word="watch" />
        <ModeChip fleet={fleet} operating={running !== null} />
        <WindowButtons />
      </div>
    </header>
  );
}

const routeTo = ([first, ...others]: readonly RunSummary[]): Route =>
  first && others.length === 0 ? { name: 'run', runId: first.runId, stage: 'run' } : { name: 'operations' };

function Count({
  mark,
  count,
  word,
}: {
  readonly mark: 'act' | 'watch';
  readonly count: number;
  readonly word: string;
}): ReactNode {
  if (count === 0) return null;
  return (
    <button type="button" className="link" onClick={() => navigate({ name: 'fleet' })}>
      <StatusBadge mark={mark}>
        {count} {word}
      </StatusBadge>
    </button>
  );
}

function ModeChip({
  fleet,
  operating,
}: {
  readonly fleet: FleetSnapshot | undefined;
  readonly operating: boolean;
}): ReactNode {
  const open = fleet?.clusters.filter((cluster) => cluster.unlock !== null) ?? [];
  if (operating) {
    return (
      <span className="chip tone-run" data-testid="mode">
        <IconLockOpen size={12} />
        Operating
      </span>
    );
  }
  return open.length === 0 ? (
    <span className="chip" data-testid="mode" title="Nothing can be changed until a cluster is unlocked">
      <IconLock size={12} />
      Read-only
    </span>
  ) : (
    <span className="chip tone-watch" data-testid="mode" title={open.map((cluster) => cluster.name).join(', ')}>
      <IconLockOpen size={12} />
      {open.length} unlocked
    </span>
  );
}

function WindowButtons(): ReactNode {
  return (
    <span className="row" style={{ gap: 2 }}>
      <ActionIcon aria-label="Minimize window" onClick={() => void call('app.window', { act: 'minimize' })}>
        <IconMinus size={14} />
      </ActionIcon>
      <ActionIcon aria-label="Maximize window" onClick={() => void call('app.window', { act: 'maximize' })}>
        <IconSquare size={11} />
      </ActionIcon>
      <ActionIcon aria-label="Close window" onClick={() => void call('app.window', { act: 'close' })}>
        <IconX size={14} />
      </ActionIcon>
    </span>
  );
}
