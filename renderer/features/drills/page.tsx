import type { ReactNode } from 'react';
import { OperationsTabs } from '../../ui/operations-tabs';
import { PageHead } from '../../ui/page';
import { DrillsBoard } from './board';

/** Drills of all clusters: start one, follow it, and the evidence of the earlier ones. */
export function DrillsPage(): ReactNode {
  return (
    <>
      <PageHead title="Operations" facts="drills: an operation run on purpose, to measure RTO and RPO" />
      <OperationsTabs at="drills" />
      <div className="page-body">
        <DrillsBoard clusterId={null} />
      </div>
    </>
  );
}
