import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { AppError } from '@shared/errors';
import type { ImportReport } from '@shared/ipc/inventory.contract';
import { useQueryClient } from '@tanstack/react-query';
import { call, errorOf } from '../../lib/bridge';
import { notifyDone } from '../../lib/notify';
import { IconFileExport, IconFileImport } from '../../ui/icons';

/** What an import did, or why it did not. */
export interface TransferResult {
  readonly report: ImportReport | null;
  readonly error: AppError | null;
}

export const noTransfer: TransferResult = { report: null, error: null };

/** The inventory as one YAML file without secrets, fit for a team's repository: out and in. */
export function TransferButtons({ onResult }: { readonly onResult: (result: TransferResult) => void }): ReactNode {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const attempt = (work: () => Promise<ImportReport | null>): void => {
    setBusy(true);
    work()
      .then((report) => onResult({ report, error: null }))
      .catch((thrown: unknown) => onResult({ report: null, error: errorOf(thrown) }))
      .finally(() => setBusy(false));
  };
  const exportYaml = async (): Promise<null> => {
    const { yaml } = await call('inventory.export', {});
    const { path } = await call('app.saveText', { suggestedName: 'midwatch-inventory.yaml', text: yaml });
    if (path !== null) notifyDone(`Inventory written to ${path}, without secrets`);
    return null;
  };
  const importYaml = async (): Promise<ImportReport | null> => {
    const file = await call('app.openText', { title: 'Inventory file' });
    if (file === null) return null;
    const report = await call('inventory.import', { yaml: file.text });
    await client.invalidateQueries({ queryKey: ['inventory.get'] });
    return report;
  };
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconFileImport size={14} />}
        loading={busy}
        onClick={() => attempt(importYaml)}
      >
        Import…
      </Button>
      <Button
        variant="default"
        leftSection={<IconFileExport size={14} />}
        loading={busy}
        onClick={() => attempt(exportYaml)}
      >
        Export…
      </Button>
    </>
  );
}
