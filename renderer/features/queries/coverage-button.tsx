import { Button, Popover } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { ReviewDetail } from '@shared/model/query-review';
import { formatBytes, formatCount, formatMinute, formatTime } from '../../lib/format';
import { FactsList } from '../../ui/facts-list';
import { StatusIcon } from '../../ui/status-badge';
import { MarkDeploy } from './mark-deploy';
import { coverageSentences, explainedWords } from './query-words';

/** What was read, what was left out and why: the figures of a review are worth no more than this. */
export function CoverageButton({ detail }: { readonly detail: ReviewDetail }): ReactNode {
  const { coverage, capture, review } = detail;
  const [marking, setMarking] = useState(false);
  const sentences = coverageSentences(coverage);
  const skipped = coverage.skipped.reduce((sum, part) => sum + part.bytes, 0);
  return (
    <>
      <MarkDeploy reviewId={review.id} fromMs={capture.fromMs} open={marking} onClose={() => setMarking(false)} />
      <Popover width={440} position="bottom-end" withArrow trapFocus>
        <Popover.Target>
          <Button variant="default" leftSection={<StatusIcon mark={sentences.length > 0 ? 'note' : 'ok'} />}>
            What was read
          </Button>
        </Popover.Target>
        <Popover.Dropdown data-testid="coverage">
          <FactsList
            labelWidth={110}
            facts={[
              ...capture.sources.map((source, index) => ({
                label: index === 0 ? 'From' : ' '.repeat(index),
                value: [source.name, source.version ?? ''].filter(Boolean).join(', '),
              })),
              ...(coverage.bytesRead === null
                ? []
                : [
                    {
                      label: 'Bytes read',
                      value: `${formatCount(coverage.bytesRead)}${skipped > 0 ? `, of which ${formatBytes(skipped)} are in no figure` : ''}`,
                    },
                  ]),
              { label: 'Statements', value: formatCount(capture.calls) },
              { label: 'Query time', value: `${formatTime(coverage.explainedSeconds)}, ${explainedWords(coverage)}` },
            ]}
          />
          {sentences.map((sentence) => (
            <div key={sentence} className="small" style={{ marginTop: 6 }} data-coverage>
              {sentence}.
            </div>
          ))}
          {review.annotations.map((annotation) => (
            <div key={`${annotation.atMs}${annotation.text}`} className="small c-t2" style={{ marginTop: 6 }}>
              {formatMinute(annotation.atMs)} {annotation.text}
            </div>
          ))}
          <Button variant="default" h={24} mt={8} onClick={() => setMarking(true)}>
            Mark a deploy
          </Button>
        </Popover.Dropdown>
      </Popover>
    </>
  );
}
