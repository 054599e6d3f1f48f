import { Button, Select, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { ClassDetail, Decision, Realised } from '@shared/model/query-review';
import { useNow } from '../../lib/clock';
import { formatCount, formatMoment, formatTime } from '../../lib/format';
import { useAct } from '../../lib/queries';
import { ErrorCard } from '../../ui/error-card';
import { FactsList } from '../../ui/facts-list';
import { Panel } from '../../ui/panel';
import { SqlBlock } from '../../ui/sql-block';
import { StatusBadge } from '../../ui/status-badge';
import { formatShare, ratioWords, stateMarks, stateWords } from './query-words';

const dayMs = 86_400_000;

const untilChoices = [
  { value: '7', label: 'for a week' },
  { value: '28', label: 'for four weeks' },
  { value: '90', label: 'for 90 days' },
  { value: '0', label: 'without an end' },
];

/** What is decided of a class, by whom, with what gain; notes, owner, and the ways to say "leave it". */
export function DecisionPanel({
  reviewId,
  detail,
}: {
  readonly reviewId: string;
  readonly detail: ClassDetail;
}): ReactNode {
  const now = useNow();
  const { item, statementClass, row } = detail;
  const act = useAct('query.act', { refresh: ['query.class', 'query.classes', 'query.review'] });
  const [text, setText] = useState('');
  const [owner, setOwner] = useState(item?.owner ?? '');
  const [days, setDays] = useState('28');
  const run = (one: Parameters<typeof act.run>[0]['act'], then?: () => void): void =>
    act.run({ reviewId, classId: statementClass.id, act: one }, then);
  const until = days === '0' ? null : now + Number(days) * dayMs;
  return (
    <Panel
      title="Decision"
      note={<StatusBadge mark={stateMarks[row.state]}>{stateWords[row.state]}</StatusBadge>}
      right="reopens by itself when it regresses"
    >
      <div className="col" style={{ gap: 8 }} data-testid="decision" data-state={row.state}>
        {item?.decision && <DecisionFacts decision={item.decision} realised={item.realised} nowMs={now} />}
        {item && item.notes.length > 0 && (
          <FactsList
            labelWidth={130}
            facts={item.notes.map((note) => ({
              label: `${note.by}, ${formatMoment(note.atMs, now)}`,
              value: note.text,
            }))}
          />
        )}
        <div className="row">
          <TextInput
            aria-label="Note"
            className="grow"
            placeholder="Note, or the reason"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && text.trim() !== '')
                run({ act: 'note', text: text.trim() }, () => setText(''));
            }}
          />
          <TextInput
            aria-label="Owner"
            w={130}
            placeholder="Owner"
            value={owner}
            onChange={(event) => setOwner(event.currentTarget.value)}
            onBlur={() => {
              if (owner.trim() !== (item?.owner ?? '')) run({ act: 'own', owner: owner.trim() });
            }}
          />
        </div>
        <div className="row" style={{ flexWrap: 'wrap' }}>
          <Button
            variant="default"
            disabled={text.trim() === ''}
            loading={act.busy}
            onClick={() => run({ act: 'note', text: text.trim() }, () => setText(''))}
          >
            Add note
          </Button>
          {row.state !== 'investigating' && (
            <Button variant="default" loading={act.busy} onClick={() => run({ act: 'investigate' })}>
              Investigate
            </Button>
          )}
          <Button
            variant="default"
            disabled={text.trim().length < 3}
            title={text.trim().length < 3 ? 'The reason first, in the field above' : ''}
            loading={act.busy}
            onClick={() => run({ act: 'accept', untilMs: until, reason: text.trim() }, () => setText(''))}
          >
            Accept as it is
          </Button>
          <Select
            aria-label="Accepted until"
            w={140}
            data={untilChoices}
            value={days}
            onChange={(value) => setDays(value ?? '28')}
            allowDeselect={false}
          />
          {(row.state === 'done' || row.state === 'accepted' || row.state === 'decided') && (
            <Button
              variant="default"
              disabled={text.trim().length < 3}
              loading={act.busy}
              onClick={() => run({ act: 'reopen', reason: text.trim() }, () => setText(''))}
            >
              Reopen
            </Button>
          )}
        </div>
        {act.error && <ErrorCard error={act.error} />}
      </div>
    </Panel>
  );
}

function DecisionFacts({
  decision,
  realised,
  nowMs,
}: {
  readonly decision: Decision;
  readonly realised: Realised | null;
  readonly nowMs: number;
}): ReactNode {
  const { prediction } = decision;
  return (
    <>
      <SqlBlock sql={decision.change} />
      <FactsList
        labelWidth={96}
        facts={[
          {
            label: 'Decided',
            value: `${decision.kind}, by ${decision.by}, ${formatMoment(decision.atMs, nowMs)}: ${decision.reason}`,
          },
          { label: 'Undo', value: decision.undo || 'not known' },
          {
            label: 'Predicted',
            value:
              prediction === null
                ? 'nothing was measured'
                : `${formatTime(prediction.secondsPerCall.before)} → ${formatTime(prediction.secondsPerCall.after)} a call, ${ratioWords(prediction.secondsPerCall.before, prediction.secondsPerCall.after, 'faster', 'slower')}${prediction.from === 'estimate' ? ' (estimate)' : ''}`,
          },
          {
            label: 'Realised',
            value:
              realised === null ? (
                'the next capture will say'
              ) : (
                <span data-testid="realised">
                  {formatTime(realised.secondsPerCall.before)} → {formatTime(realised.secondsPerCall.after)} a call,{' '}
                  {ratioWords(realised.secondsPerCall.before, realised.secondsPerCall.after, 'faster', 'slower')}, over{' '}
                  {formatCount(realised.calls)} calls
                  {realised.shareOfPrediction !== null &&
                    `; ${formatShare(realised.shareOfPrediction)} of the predicted saving`}
                  {realised.oldCalls > 0 && `; the old statement still ran ${formatCount(realised.oldCalls)} times`}
                </span>
              ),
          },
        ]}
      />
    </>
  );
}
