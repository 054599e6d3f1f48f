import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { AppError } from '@shared/errors';
import type { PathLeg, PathStage, PathTest } from '@shared/model/path-test';
import { formatMs } from '../../lib/format';
import { Age } from '../../ui/age';
import { EmptyState } from '../../ui/empty-state';
import { ErrorCard } from '../../ui/error-card';
import { Panel } from '../../ui/panel';
import { StatusIcon, type Mark } from '../../ui/status-badge';
import { HostKeyActs } from '../../ui/host-key-acts';

const stageWords: Readonly<Record<PathStage['name'], string>> = {
  name: 'Name',
  tcp: 'TCP',
  'host-key': 'Host key',
  'sign-in': 'Sign in',
  tls: 'TLS',
  rights: 'Rights',
};

const stageMarks: Readonly<Record<PathStage['state'], Mark>> = {
  'not-tried': 'todo',
  running: 'busy',
  skipped: 'skipped',
  passed: 'ok',
  failed: 'failed',
};

/** Mark and words of a leg from its stages. */
function legState(leg: PathLeg): { readonly mark: Mark; readonly word: string; readonly failed: PathStage | null } {
  const failed = leg.stages.find((stage) => stage.state === 'failed') ?? null;
  const ms = leg.stages.reduce((sum, stage) => sum + ('tookMs' in stage ? stage.tookMs : 0), 0);
  if (failed) return { mark: 'failed', word: `Failed at ${stageWords[failed.name].toLowerCase()}`, failed };
  if (leg.stages.some((stage) => stage.state === 'running')) return { mark: 'busy', word: 'Trying', failed };
  if (leg.stages.every((stage) => stage.state === 'not-tried')) return { mark: 'todo', word: 'Not tried', failed };
  if (leg.stages.some((stage) => stage.state === 'not-tried')) return { mark: 'busy', word: 'Trying', failed };
  return { mark: 'ok', word: `Passed, ${formatMs(ms)}`, failed };
}

/** The way to the server as it is tried: each leg, each stage, and where it stopped, why, and what to do. */
export function PathPanel({
  test,
  error,
  running,
  seenOffers,
  onTestAgain,
}: {
  readonly test: PathTest | null;
  readonly error: AppError | null;
  readonly running: boolean;
  /** Changed host keys that were offered in an earlier test already. */
  readonly seenOffers: ReadonlySet<string>;
  readonly onTestAgain: () => void;
}): ReactNode {
  return (
    <Panel
      flush
      title="Path test"
      note={test && (test.state === 'running' ? 'running' : <PathAge test={test} />)}
      right={
        test &&
        !running && (
          <Button variant="default" h={22} onClick={onTestAgain}>
            Test again
          </Button>
        )
      }
      className="grow"
    >
      <div className="scroll" style={{ padding: '5px 0' }} tabIndex={0}>
        {error && (
          <div style={{ padding: '5px 12px' }}>
            <ErrorCard error={error} />
          </div>
        )}
        {test === null && !running && error === null && (
          <EmptyState text="Here each hop and the server are tried in order: name, TCP, host key, sign in, TLS, rights. Nothing is changed anywhere." />
        )}
        {test?.legs.map((leg, index) => (
          <Leg key={`${index}${leg.title}`} leg={leg} seenOffers={seenOffers} onTestAgain={onTestAgain} />
        ))}
      </div>
    </Panel>
  );
}

function PathAge({ test }: { readonly test: PathTest }): ReactNode {
  return (
    <>
      ran <Age atMs={test.startedAtMs} oldAfterMs={600_000} suffix=" ago" />, {formatMs(test.tookMs)}
    </>
  );
}

function Leg({
  leg,
  seenOffers,
  onTestAgain,
}: {
  readonly leg: PathLeg;
  readonly seenOffers: ReadonlySet<string>;
  readonly onTestAgain: () => void;
}): ReactNode {
  const { mark, word, failed } = legState(leg);
  const waiting = mark === 'todo';
  const tone = mark === 'failed' ? 'c-act' : mark === 'ok' ? 'c-ok' : '';
  return (
    <div className="leg" data-leg={leg.title} data-state={mark}>
      <span style={{ paddingTop: 7 }}>
        <StatusIcon mark={mark} size={15} />
      </span>
      <div className={`leg-card ${mark === 'failed' ? 'failed' : ''} ${waiting ? 'waiting' : ''}`}>
        <div className="leg-head">
          <span className="name nowrap">{leg.kind === 'hop' ? 'Hop' : 'Server'}</span>
          <span className="mono ellipsis">{leg.title}</span>
          <span className={`right nowrap ${tone}`}>{word}</span>
        </div>
        {waiting ? (
          <div className="row small" style={{ padding: '6px 10px', gap: 14, flexWrap: 'wrap' }}>
            {leg.stages.map((stage) => (
              <span key={stage.name} className="row" style={{ gap: 5 }}>
                <StatusIcon mark="todo" size={13} />
                {stageWords[stage.name]}
              </span>
            ))}
          </div>
        ) : (
          <div style={{ padding: '4px 10px' }}>
            {leg.stages.map((stage) => (
              <Stage key={stage.name} stage={stage} />
            ))}
          </div>
        )}
        {failed?.state === 'failed' && (
          <div style={{ padding: '0 8px 8px' }}>
            <ErrorCard error={failed.error}>
              {failed.name === 'host-key' ? (
                <HostKeyActs error={failed.error} seenOffers={seenOffers} onTestAgain={onTestAgain} />
              ) : null}
            </ErrorCard>
          </div>
        )}
      </div>
    </div>
  );
}

function Stage({ stage }: { readonly stage: PathStage }): ReactNode {
  return (
    <div className="stage" data-stage={stage.name} data-state={stage.state}>
      <StatusIcon mark={stageMarks[stage.state]} size={13} />
      <span>{stageWords[stage.name]}</span>
      <StageWords stage={stage} />
      <span className="num c-t3">{'tookMs' in stage ? formatMs(stage.tookMs) : ''}</span>
    </div>
  );
}

function StageWords({ stage }: { readonly stage: PathStage }): ReactNode {
  switch (stage.state) {
    case 'passed':
      return (
        <span className="c-t2 ellipsis" title={stage.evidence}>
          {stage.evidence}
        </span>
      );
    case 'failed':
      return <span className="c-act ellipsis">{stage.error.message}</span>;
    case 'running':
      return <span className="c-run">trying</span>;
    case 'skipped':
      return <span className="c-t3">not needed</span>;
    case 'not-tried':
      return <span className="c-t3">not tried</span>;
  }
}
