import { Select, TextInput } from '@mantine/core';
import { useRef, useState, type ReactNode } from 'react';
import { activityKinds, type Activity, type ActivityKind } from '@shared/model/activity';
import { useActivity } from '../../lib/activity';
import { useFleet } from '../../lib/fleet';
import { plural } from '../../lib/format';
import { useKeys } from '../../lib/keyboard';
import { ActivityList } from '../../ui/activity-list';
import { EmptyState } from '../../ui/empty-state';
import { ErrorCard } from '../../ui/error-card';
import { IconFilter } from '../../ui/icons';
import { KeyHint } from '../../ui/key-hint';
import { PageHead } from '../../ui/page';
import { Panel } from '../../ui/panel';
import { SkeletonRows } from '../../ui/skeleton-rows';

const kindWords: Readonly<Record<ActivityKind, string>> = {
  rule: 'Findings',
  tunnel: 'Tunnels',
  change: 'Changes on servers',
  unlock: 'Unlocks',
  operation: 'Operations',
  inventory: 'Inventory',
  store: 'Local store',
  'host-key': 'Host keys',
};

/** The activity log of the whole fleet: append only, newest first. */
export function ActivityPage(): ReactNode {
  const { lines, error, asking } = useActivity();
  const fleet = useFleet();
  const [filter, setFilter] = useState('');
  const [kind, setKind] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  useKeys([{ keys: '/', what: 'Filter this list', run: () => input.current?.focus() }]);
  const nameOf = (clusterId: string): string =>
    fleet?.clusters.find((each) => each.id === clusterId)?.name ?? clusterId;
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = lines.filter(
    (line) => (kind === null || line.kind === kind) && words.every((word) => hay(line, nameOf).includes(word)),
  );
  return (
    <>
      <PageHead
        title="Activity"
        facts="what was found, done and changed, by whom; every change to a server stands here"
      >
        <Select
          aria-label="Kind"
          placeholder="all kinds"
          clearable
          w={170}
          value={kind}
          data={activityKinds.map((each) => ({ value: each, label: kindWords[each] }))}
          onChange={setKind}
        />
        <TextInput
          ref={input}
          aria-label="Filter"
          placeholder="Filter by cluster, person, text"
          w={240}
          leftSection={<IconFilter size={13} />}
          rightSection={<KeyHint>/</KeyHint>}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
      </PageHead>
      <div className="page-body">
        {error && <ErrorCard error={error} />}
        <Panel
          flush
          className="grow"
          title="Log"
          note={`${shown.length} of ${plural(lines.length, 'line')}`}
          right="newest first, UTC"
        >
          <div className="scroll" tabIndex={0}>
            {asking && lines.length === 0 && <SkeletonRows />}
            {!asking && shown.length === 0 && (
              <EmptyState text={lines.length === 0 ? 'Nothing was recorded yet.' : 'No line matches.'} />
            )}
            <ActivityList lines={shown} clusterName={nameOf} />
          </div>
        </Panel>
      </div>
    </>
  );
}

const hay = (line: Activity, nameOf: (clusterId: string) => string): string =>
  `${line.text} ${line.by} ${line.kind} ${line.clusterId === null ? '' : nameOf(line.clusterId)}`.toLowerCase();
