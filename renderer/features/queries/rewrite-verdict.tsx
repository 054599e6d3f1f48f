import type { ReactNode } from 'react';
import type { Interval, Measured } from '@shared/model/query-experiment';
import type { RewriteExperiment } from '@shared/model/query-review';
import { formatCount, formatMs, plural } from '../../lib/format';
import { Age } from '../../ui/age';
import { SqlBlock } from '../../ui/sql-block';
import { StatusBadge } from '../../ui/status-badge';
import { DecideButton } from './decide-button';
import { ratioWords } from './query-words';

/** Whether a rewrite returned the same rows, on how many sets of values, and what it then costs. */
export function RewriteVerdict({
  reviewId,
  classId,
  experiment,
}: {
  readonly reviewId: string;
  readonly classId: string;
  readonly experiment: RewriteExperiment;
}): ReactNode {
  const { result, rewrite } = experiment;
  const { measured } = result;
  const equal = result.equal === result.sets.length && result.sets.length > 0;
  const differs = result.differs > 0;
  return (
    <div
      className={equal ? 'trial-verdict ok' : differs ? 'trial-verdict act' : 'trial-verdict watch'}
      data-testid="rewrite-verdict"
      data-equal={equal}
    >
      <div className="row">
        <StatusBadge mark={equal ? 'ok' : differs ? 'failed' : 'watch'} size={16} whole>
          {headline(result.sentence, measured)}
        </StatusBadge>
        <span className="grow" />
        <Age atMs={experiment.atMs} oldAfterMs={3_600_000} prefix="tried " suffix={` ago on ${experiment.instance}`} />
      </div>
      <div className="set-bars" role="img" aria-label={result.sentence}>
        {result.sets.map((set, index) => (
          <i key={`${set.label}${index}`} className={set.verdict.kind} title={`${set.label}: ${set.verdict.kind}`} />
        ))}
      </div>
      {result.sets.map((set, index) =>
        set.verdict.kind === 'equal' ? null : (
          <div key={`${set.label}${index}`} className="small" data-set={set.verdict.kind}>
            <b>{set.label}: </b>
            {set.verdict.kind === 'differs' ? set.verdict.difference.sentence : set.verdict.reason}
            {set.verdict.kind === 'differs' && set.verdict.difference.original !== null && (
              <div className="mono c-t2">original: {rowText(set.verdict.difference.original)}</div>
            )}
            {set.verdict.kind === 'differs' && set.verdict.difference.rewrite !== null && (
              <div className="mono c-t2">rewrite: {rowText(set.verdict.difference.rewrite)}</div>
            )}
          </div>
        ),
      )}
      {measured && <MeasuredTable measured={measured} />}
      {result.notes.map((note) => (
        <div key={note} className="small c-t2">
          {note}
        </div>
      ))}
      <SqlBlock sql={rewrite} />
      {equal && measured?.verdict === 'faster' && (
        <DecideButton
          reviewId={reviewId}
          classId={classId}
          word="Decide this rewrite"
          hint="the application must send it; the next capture looks for it and judges the gain"
          decision={{
            kind: 'rewrite',
            change: experiment.fingerprint,
            undo: 'Deploy the statement as it was',
            reason: result.sentence,
            ticket: '',
            prediction: {
              secondsPerCall: { before: measured.originalMs.middle / 1000, after: measured.rewriteMs.middle / 1000 },
              rowsExaminedPerCall: null,
              from: 'experiment',
            },
            replacedBy: experiment.classId,
          }}
        />
      )}
    </div>
  );
}

const headline = (sentence: string, measured: Measured | null): string => {
  const words = `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}`;
  if (measured === null) return words;
  if (measured.verdict === 'no-difference-seen') return `${words}, no difference in time seen`;
  const { originalMs, rewriteMs } = measured;
  return `${words}, ${ratioWords(originalMs.middle, rewriteMs.middle, 'faster', 'slower')}`;
};

function MeasuredTable({ measured }: { readonly measured: Measured }): ReactNode {
  const { counters, originalMs, rewriteMs, ratio } = measured;
  return (
    <table className="board" aria-label="Original against rewrite">
      <colgroup>
        <col />
        <col width="104" />
        <col width="104" />
        <col width="116" />
        <col width="110" />
      </colgroup>
      <thead>
        <tr>
          <th>{plural(measured.rounds, 'round')}</th>
          <th className="num">Original</th>
          <th className="num">Rewrite</th>
          <th className="num">Change</th>
          <th className="num">95 % interval</th>
        </tr>
      </thead>
      <tbody>
        {counters
          .filter((counter) => counter.original !== counter.rewrite)
          .slice(0, 8)
          .map((counter) => (
            <tr key={counter.name}>
              <td>{counter.name.replaceAll('_', ' ')}</td>
              <td className="num">{formatCount(counter.original)}</td>
              <td className="num">{formatCount(counter.rewrite)}</td>
              <td className={counter.rewrite < counter.original ? 'num c-ok' : 'num c-watch'}>
                {ratioWords(counter.original, counter.rewrite, 'fewer', 'more')}
              </td>
              <td className="num c-t3">counted</td>
            </tr>
          ))}
        <tr>
          <td>Time</td>
          <td className="num">{formatMs(originalMs.middle)}</td>
          <td className="num">{formatMs(rewriteMs.middle)}</td>
          <td className={measured.verdict === 'faster' ? 'num c-ok' : 'num c-watch'}>
            {ratioWords(originalMs.middle, rewriteMs.middle, 'faster', 'slower')}
          </td>
          <td className="num c-t2">{intervalText(ratio)}</td>
        </tr>
      </tbody>
    </table>
  );
}

/** The ratio is rewrite to original; people read how many times faster. */
const intervalText = ({ from, to }: Interval): string => {
  if (from === null || to === null) return 'too few runs';
  const faster = (ratio: number): string => (ratio <= 0 ? '–' : (1 / ratio).toFixed(1 / ratio >= 9.95 ? 0 : 1));
  return `${faster(to)}x to ${faster(from)}x`;
};

const rowText = (row: readonly (string | null)[]): string => row.map((value) => value ?? 'NULL').join(' | ');
