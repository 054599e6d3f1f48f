import { Checkbox, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { AppError } from '@shared/errors';
import type { Discovery } from '@shared/model/discovery';
import { ErrorCard } from '../../ui/error-card';
import { Panel } from '../../ui/panel';
import { SkeletonRows } from '../../ui/skeleton-rows';
import { StatusBadge } from '../../ui/status-badge';
import type { ProposalEdits, ProposalRow } from './proposal';

/** What the crawl found: to be ticked, named and given a region; what it could not reach, and why. */
export function ProposalPanel({
  discovery,
  error,
  rows,
  edits,
  onEdit,
}: {
  readonly discovery: Discovery | null;
  readonly error: AppError | null;
  readonly rows: readonly ProposalRow[];
  readonly edits: ProposalEdits;
  readonly onEdit: (edits: ProposalEdits) => void;
}): ReactNode {
  const problem = error ?? discovery?.error ?? null;
  const change = (key: string, edit: ProposalEdits['instances'][string]): void =>
    onEdit({ ...edits, instances: { ...edits.instances, [key]: { ...edits.instances[key], ...edit } } });
  return (
    <Panel
      flush
      title="Found"
      note={discovery && `${rows.length} instances, ${discovery.asked} asked`}
      right={
        discovery?.state === 'running' ? (
          <StatusBadge mark="busy">Asking</StatusBadge>
        ) : (
          'nothing is stored until you add it'
        )
      }
      className="grow"
    >
      {problem && (
        <div style={{ padding: 8 }}>
          <ErrorCard error={problem} />
        </div>
      )}
      {discovery === null && problem === null && <SkeletonRows />}
      <div className="scroll" tabIndex={0}>
        <table className="board proposal" aria-label="Proposal">
          <colgroup>
            <col width="30" />
            <col width="132" />
            <col width="90" />
            <col width="110" />
            <col />
          </colgroup>
          <thead>
            <tr>
              <th />
              <th>Name</th>
              <th>Role</th>
              <th>Region</th>
              <th>Address, version, or why not reached</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <ProposalLine key={row.key} row={row} onChange={(edit) => change(row.key, edit)} />
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function ProposalLine({
  row,
  onChange,
}: {
  readonly row: ProposalRow;
  readonly onChange: (edit: ProposalEdits['instances'][string]) => void;
}): ReactNode {
  const { found } = row;
  return (
    <tr data-instance={found.name} data-reached={found.reached}>
      <td>
        <Checkbox
          aria-label={`Add ${found.name}`}
          checked={row.take}
          onChange={(event) => onChange({ take: event.currentTarget.checked })}
        />
      </td>
      <td>
        <TextInput
          aria-label={`Name of ${found.host}:${found.port}`}
          value={row.name}
          styles={{ input: { height: 22, minHeight: 22 } }}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
      </td>
      <td className={found.role === 'primary' ? 'name' : 'c-t2'}>{found.role}</td>
      <td>
        <TextInput
          aria-label={`Region of ${found.name}`}
          placeholder="none"
          value={row.region}
          styles={{ input: { height: 22, minHeight: 22 } }}
          onChange={(event) => onChange({ region: event.currentTarget.value })}
        />
      </td>
      {found.reached ? (
        <td className="c-t2">
          <span className="mono">
            {found.host}:{found.port}
          </span>{' '}
          {found.version}
        </td>
      ) : (
        <td style={{ whiteSpace: 'normal' }}>
          <StatusBadge mark="unknown" plain>
            {found.host}:{found.port}, named by {found.askedFrom}
          </StatusBadge>
          <div className="label">{found.error ? `${found.error.message}. ${found.error.nextStep}` : 'not reached'}</div>
        </td>
      )}
    </tr>
  );
}
