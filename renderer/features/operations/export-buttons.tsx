import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { notifyDone } from '../../lib/notify';
import { useAct } from '../../lib/queries';
import { ErrorCard } from '../../ui/error-card';
import { IconFileExport } from '../../ui/icons';

const formats = ['html', 'pdf', 'json'] as const;

/** The report as a file that stands alone: to read (HTML, PDF) or to keep (JSON). */
export function ExportButtons({ runId }: { readonly runId: string }): ReactNode {
  const write = useAct('operation.exportReport');
  return (
    <>
      {write.error && <ErrorCard error={write.error} quiet />}
      <Button.Group aria-label="Export report">
        {formats.map((format) => (
          <Button
            key={format}
            variant="default"
            px={9}
            loading={write.busy}
            aria-label={`Export report as ${format.toUpperCase()}`}
            {...(format === 'html' ? { leftSection: <IconFileExport size={14} /> } : {})}
            onClick={() =>
              write.run({ runId, format }, (file) => {
                if (file !== null) notifyDone(`Report written to ${file.path}`);
              })
            }
          >
            {format === 'html' ? 'Export HTML' : format.toUpperCase()}
          </Button>
        ))}
      </Button.Group>
    </>
  );
}
