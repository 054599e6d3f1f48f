import { Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { CaptureOrder } from '@shared/ipc/query.contract';
import { call } from '../../lib/bridge';
import { useNow } from '../../lib/clock';
import { useFleet } from '../../lib/fleet';
import { formatDay } from '../../lib/format';
import { useAct } from '../../lib/queries';
import { ErrorCard } from '../../ui/error-card';
import { Panel } from '../../ui/panel';
import { droppedPaths } from './dropped-paths';
import { InstancePick } from './instance-pick';

type Kind = 'digests' | 'host-log' | 'files' | 'live';

const kindHints: Readonly<Record<Kind, string>> = {
  digests:
    'What the server counted for each statement class. Nothing is switched on, nothing written. MySQL gives quantiles; on MariaDB they come from statements seen once a second.',
  'host-log':
    'The slow log on the server’s host, read by SSH from where the last capture ended. Every statement slower than long_query_time.',
  files: 'Slow logs on this computer, rotated and compressed ones too (.gz, .zst). Drop them here, or choose them.',
  live: 'Looks ten times a second at what runs now: for the minutes in which it is slow.',
};

const spans: readonly { readonly value: string; readonly label: string }[] = [
  { value: '0', label: 'since its counters were emptied' },
  { value: '60', label: 'the next minute' },
  { value: '600', label: 'the next ten minutes' },
  { value: '3600', label: 'the next hour' },
];

/** The form that captures: from where, of which instance, for how long. */
export function NewCapture(): ReactNode {
  const clusters = useFleet()?.clusters ?? [];
  const now = useNow();
  const [kind, setKind] = useState<Kind>('digests');
  const [instanceId, setInstanceId] = useState<string | null>(null);
  const [seconds, setSeconds] = useState('0');
  const [fromStart, setFromStart] = useState('new');
  const [paths, setPaths] = useState<readonly string[]>([]);
  const [clusterName, setClusterName] = useState('');
  const [title, setTitle] = useState('');
  const start = useAct('query.capture');
  const instance = clusters.flatMap((each) => each.instances).find((each) => each.id === instanceId);
  const cluster = clusters.find((each) => each.instances.some((one) => one.id === instanceId));
  const source = sourceOf({ kind, instanceId, seconds, fromStart, paths, clusterName });
  const named = title.trim() || `${(kind === 'files' ? clusterName : cluster?.name) || 'Review'} ${formatDay(now)}`;
  const add = (found: readonly string[]): void => {
    setKind('files');
    setPaths((before) => [...new Set([...before, ...found])]);
  };
  return (
    <Panel flush title="New capture" note={kind === 'files' ? 'this computer' : (instance?.name ?? '')}>
      <form
        className="scroll col capture-form"
        aria-label="New capture"
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          add(droppedPaths(event.dataTransfer));
        }}
        onSubmit={(event) => {
          event.preventDefault();
          if (source !== null) start.run({ title: named, source });
        }}
      >
        <SegmentedControl
          aria-label="Source"
          data={[
            { value: 'digests', label: 'Digests' },
            { value: 'host-log', label: 'Slow log' },
            { value: 'files', label: 'Files' },
            { value: 'live', label: 'Live' },
          ]}
          value={kind}
          onChange={(value) => setKind(value as Kind)}
        />
        <span className="label">{kindHints[kind]}</span>
        {kind === 'files' ? (
          <FilesField
            paths={paths}
            onChoose={() => void call('app.chooseFiles', { title: 'Slow logs' }).then((found) => add(found.paths))}
            onClear={() => setPaths([])}
          />
        ) : (
          <InstancePick wide value={instanceId} onChange={setInstanceId} />
        )}
        {kind === 'files' && (
          <TextInput
            label="Cluster"
            placeholder="its name, so that the next capture finds this one"
            value={clusterName}
            onChange={(event) => setClusterName(event.currentTarget.value)}
          />
        )}
        {(kind === 'digests' || kind === 'live') && (
          <Select
            label="Window"
            data={kind === 'live' ? spans.slice(1) : [...spans]}
            value={kind === 'live' && seconds === '0' ? '60' : seconds}
            onChange={(value) => setSeconds(value ?? '0')}
            allowDeselect={false}
          />
        )}
        {kind === 'host-log' && (
          <Select
            label="Part"
            data={[
              { value: 'new', label: 'only what is new since the last capture' },
              { value: 'all', label: 'the whole log' },
            ]}
            value={fromStart}
            onChange={(value) => setFromStart(value ?? 'new')}
            allowDeselect={false}
          />
        )}
        <TextInput
          label="Title"
          placeholder={named}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <Button type="submit" disabled={source === null} loading={start.busy} data-testid="start-capture">
          {kind === 'files' ? 'Read the logs' : `Capture ${instance?.name ?? ''}`.trim()}
        </Button>
        {start.error && <ErrorCard error={start.error} />}
        <span className="label">
          Statements with their values stay on this computer, for 30 days; exports leave them out unless you ask for
          them.
        </span>
      </form>
    </Panel>
  );
}

function FilesField({
  paths,
  onChoose,
  onClear,
}: {
  readonly paths: readonly string[];
  readonly onChoose: () => void;
  readonly onClear: () => void;
}): ReactNode {
  return (
    <div className="drop-field">
      {paths.length === 0 && <span className="c-t3">Drop slow logs here</span>}
      {paths.map((path) => (
        <div key={path} className="mono ellipsis" title={path}>
          {path.split(/[\\/]/).at(-1)}
        </div>
      ))}
      <div className="row" style={{ marginTop: 6 }}>
        <Button variant="default" h={24} onClick={onChoose}>
          Choose files
        </Button>
        {paths.length > 0 && (
          <Button variant="default" h={24} onClick={onClear}>
            Clear
          </Button>
        )}
      </div>
    </div>
  );
}

/** What is asked for; null while something is missing. */
function sourceOf(form: {
  readonly kind: Kind;
  readonly instanceId: string | null;
  readonly seconds: string;
  readonly fromStart: string;
  readonly paths: readonly string[];
  readonly clusterName: string;
}): CaptureOrder | null {
  const { kind, instanceId } = form;
  if (kind === 'files') {
    return form.paths.length === 0 ? null : { kind, paths: [...form.paths], clusterName: form.clusterName.trim() };
  }
  if (instanceId === null) return null;
  switch (kind) {
    case 'digests':
      return { kind, instanceId, seconds: Number(form.seconds) };
    case 'live':
      return { kind, instanceId, seconds: Number(form.seconds) || 60 };
    case 'host-log':
      return { kind, instanceId, all: form.fromStart === 'all' };
  }
}
