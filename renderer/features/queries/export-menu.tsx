import { Button, Menu, Switch } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useAct } from '../../lib/queries';
import { ErrorCard } from '../../ui/error-card';
import { IconFileExport } from '../../ui/icons';
import { PtImport } from './pt-import';

const formats = [
  ['html', 'Report as HTML', 'one file with its charts, opens anywhere'],
  ['markdown', 'Report as Markdown', 'for a ticket or a wiki'],
  ['json', 'Figures as JSON', 'for other programs'],
  ['review', 'Review for another console', 'capture, notes and decisions; opens offline'],
  ['pt-tables', 'SQL for pt-query-digest’s tables', 'its review and history tables'],
] as const;

/** Takes the review out, and the words of another program in. Values of statements stay here unless they are asked for. */
export function ExportMenu({
  reviewId,
  redacted,
}: {
  readonly reviewId: string;
  readonly redacted: boolean;
}): ReactNode {
  const [literals, setLiterals] = useState(false);
  const [takesOver, setTakesOver] = useState(false);
  const write = useAct('query.export', {
    done: (written) => (written === null ? 'Nothing was written' : `Written to ${written.path}`),
  });
  return (
    <>
      <Menu position="bottom-end" width={310} closeOnItemClick>
        <Menu.Target>
          <Button leftSection={<IconFileExport size={14} />} loading={write.busy}>
            Report
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {formats.map(([format, word, hint]) => (
            <Menu.Item key={format} onClick={() => write.run({ reviewId, format, literals: literals && !redacted })}>
              <div>{word}</div>
              <div className="label">{hint}</div>
            </Menu.Item>
          ))}
          <Menu.Divider />
          <div style={{ padding: '4px 10px 8px' }}>
            <Switch
              label="With the values of statements"
              description={
                redacted
                  ? 'This review came without them'
                  : 'They may be names, mails, card numbers: who reads the file?'
              }
              disabled={redacted}
              checked={literals}
              onChange={(event) => setLiterals(event.currentTarget.checked)}
            />
          </div>
          <Menu.Divider />
          <Menu.Item onClick={() => setTakesOver(true)}>
            <div>Notes of pt-query-digest…</div>
            <div className="label">takes over comments and reviewers from its tables</div>
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <PtImport reviewId={reviewId} opened={takesOver} onClose={() => setTakesOver(false)} />
      {write.error && <ErrorCard error={write.error} />}
    </>
  );
}
