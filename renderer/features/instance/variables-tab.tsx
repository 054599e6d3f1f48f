import { Button, Checkbox, TextInput } from '@mantine/core';
import { useMemo, useState, type ReactNode } from 'react';
import type { StatusRow, VariableRow } from '@shared/model/instance';
import { useCall } from '../../lib/queries';
import { plural } from '../../lib/format';
import { Age } from '../../ui/age';
import { DataGrid, type GridColumn } from '../../ui/data-grid';
import { EmptyState } from '../../ui/empty-state';
import { ErrorCard } from '../../ui/error-card';
import { IconFilter, IconRefresh } from '../../ui/icons';
import { Panel } from '../../ui/panel';
import { SkeletonRows } from '../../ui/skeleton-rows';
import { StatusIcon } from '../../ui/status-badge';

const variableColumns: readonly GridColumn<VariableRow>[] = [
  { id: 'name', title: 'Variable', width: 330, render: (row) => <span className="mono">{row.name}</span> },
  {
    id: 'value',
    title: 'Value here',
    width: 300,
    render: (row) => (
      <span className="mono name" title={row.value}>
        {row.value === '' ? <span className="c-t3">empty</span> : row.value}
      </span>
    ),
  },
  {
    id: 'differs',
    title: 'Siblings that differ',
    render: (row) =>
      row.differs.length === 0 ? (
        <span className="c-t3">None</span>
      ) : (
        <span className="row" style={{ gap: 5 }}>
          <StatusIcon mark="note" size={13} />
          <span className="ellipsis">
            {row.differs.map((each) => (
              <span key={each.instance} style={{ marginRight: 12 }}>
                {each.instance} <span className="mono">{each.value === '' ? 'empty' : each.value}</span>
              </span>
            ))}
          </span>
        </span>
      ),
  },
];

const statusColumns: readonly GridColumn<StatusRow>[] = [
  { id: 'name', title: 'Status', width: 380, render: (row) => <span className="mono">{row.name}</span> },
  { id: 'value', title: 'Value', render: (row) => <span className="mono">{row.value}</span> },
];

const has = (words: readonly string[], text: string): boolean =>
  words.every((word) => text.toLowerCase().includes(word));

/** Variables with what differs from the siblings, or status counters: asked once, asked again on demand. */
export function DetailTab({
  instanceId,
  what,
}: {
  readonly instanceId: string;
  readonly what: 'variables' | 'status';
}): ReactNode {
  const answer = useCall('instance.detail', { instanceId });
  const [filter, setFilter] = useState('');
  const [onlyDiffering, setOnlyDiffering] = useState(true);
  const detail = answer.data;
  const words = useMemo(() => filter.toLowerCase().split(/\s+/).filter(Boolean), [filter]);
  const variables = useMemo(
    () =>
      (detail?.variables ?? []).filter(
        (row) => (!onlyDiffering || row.differs.length > 0) && has(words, `${row.name} ${row.value}`),
      ),
    [detail, onlyDiffering, words],
  );
  const status = useMemo(() => (detail?.status ?? []).filter((row) => has(words, row.name)), [detail, words]);
  const isVariables = what === 'variables';
  const count = isVariables ? variables.length : status.length;
  const all = isVariables ? (detail?.variables.length ?? 0) : (detail?.status.length ?? 0);
  return (
    <Panel
      flush
      className="grow"
      title={isVariables ? 'Variables' : 'Status'}
      note={detail && `${count} of ${plural(all, 'row')}`}
      right={
        <>
          <Age atMs={detail?.atMs ?? null} oldAfterMs={600_000} prefix="asked " suffix=" ago" />
          {isVariables && (
            <Checkbox
              label="Only differences"
              checked={onlyDiffering}
              onChange={(event) => setOnlyDiffering(event.currentTarget.checked)}
            />
          )}
          <TextInput
            aria-label={isVariables ? 'Filter variables' : 'Filter status'}
            placeholder="name or value"
            w={200}
            value={filter}
            leftSection={<IconFilter size={12} />}
            styles={{ input: { height: 22, minHeight: 22 } }}
            onChange={(event) => setFilter(event.currentTarget.value)}
          />
          <Button
            variant="default"
            h={22}
            leftSection={<IconRefresh size={12} />}
            loading={answer.asking}
            onClick={answer.ask}
          >
            Ask again
          </Button>
        </>
      }
    >
      {answer.error && <ErrorCard error={answer.error} />}
      {detail === undefined && answer.error === null && <SkeletonRows />}
      <div className="grow">
        {detail && isVariables && (
          <DataGrid
            label="Variables"
            rows={variables}
            columns={variableColumns}
            rowId={(row) => row.name}
            rowAttributes={(row) => ({ 'data-variable': row.name })}
            empty={
              <EmptyState
                text={
                  onlyDiffering && filter === ''
                    ? 'None: every variable is the same on all siblings.'
                    : 'No variable matches.'
                }
              />
            }
          />
        )}
        {detail && !isVariables && (
          <DataGrid
            label="Status"
            rows={status}
            columns={statusColumns}
            rowId={(row) => row.name}
            rowAttributes={(row) => ({ 'data-status-name': row.name })}
            empty={<EmptyState text="No counter matches." />}
          />
        )}
      </div>
    </Panel>
  );
}
