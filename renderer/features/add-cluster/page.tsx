import { Button, Switch, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { PathTest, TargetInput } from '@shared/model/path-test';
import { plural } from '../../lib/format';
import { useKeys } from '../../lib/keyboard';
import { useAct, useJob } from '../../lib/queries';
import { navigate } from '../../lib/router';
import { ErrorCard } from '../../ui/error-card';
import { Panel } from '../../ui/panel';
import { StatusBadge } from '../../ui/status-badge';
import './add-cluster.css';
import { emptyForm, missingIn, toTarget, type TargetForm } from './form';
import { HopsPanel } from './hops-panel';
import { offeredKey } from '../../ui/host-key-acts';
import { PathPanel } from './path-panel';
import { noEdits, proposalRows, type ProposalEdits, type ProposalRow } from './proposal';
import { ProposalPanel } from './proposal-panel';
import { TargetPanel } from './target-panel';

/** Adds a cluster by naming one instance: the way is proven first, then the others are found, then a person accepts. */
export function AddClusterPage(): ReactNode {
  const [form, setForm] = useState<TargetForm>(emptyForm);
  const [heartbeat, setHeartbeat] = useState(false);
  const [edits, setEdits] = useState<ProposalEdits>(noEdits);
  const [tested, setTested] = useState<TargetInput | null>(null);
  const [seenOffers, setSeenOffers] = useState<ReadonlySet<string>>(new Set());
  const discovery = useJob('inventory.discover');
  const path = useJob('inventory.testPath', (event) => {
    if (event.state === 'passed' && tested !== null) discovery.start(tested);
  });
  const add = useAct('inventory.addCluster', { done: () => 'Cluster added', refresh: ['inventory.get'] });
  const missing = missingIn(form);
  const target = toTarget(form);
  const same = tested !== null && JSON.stringify(tested) === JSON.stringify(target);
  const proven = same && path.event?.state === 'passed';
  const rows = proven ? proposalRows(discovery.event, edits) : [];
  const name = edits.name ?? discovery.event?.suggestedName ?? '';

  const test = (): void => {
    if (missing !== null) return;
    setSeenOffers((before) => new Set([...before, ...changedOffers(path.event)]));
    discovery.reset();
    setEdits(noEdits);
    setTested(target);
    path.start(target);
  };
  const chosen = rows.filter((row) => row.take);
  const refusal = refusalOf({ proven, found: discovery.event?.state === 'done', chosen, name });
  const submit = (): void => {
    if (refusal !== null || tested === null) return;
    add.run({ name: name.trim(), seed: tested, heartbeat, instances: chosen.map(toInput) }, ({ clusterId }) =>
      navigate({ name: 'cluster', clusterId, tab: 'overview' }),
    );
  };
  useKeys([{ keys: 'Ctrl Enter', what: 'Test the path, then add', run: proven ? submit : test, inFields: true }]);

  return (
    <div className="first-run">
      <h1>Add a cluster by naming one instance</h1>
      <p className="c-t2" style={{ margin: '2px 0 12px' }}>
        Midwatch asks that instance who its primary and replicas are, and adds them all. It reads only: no agent, no
        change to any server.
      </p>
      <div className="first-run-columns">
        <div className="col">
          <TargetPanel form={form} onChange={setForm} />
          <HopsPanel
            hops={form.hops}
            failedHop={same ? failedHop(path.event) : null}
            onChange={(hops) => setForm({ ...form, hops })}
          />
          <Panel title="Midwatch may" className="none">
            <div className="form-line">
              <span>Now</span>
              <StatusBadge mark="ok">Read state and statements</StatusBadge>
            </div>
            <div className="form-line">
              <span>Heartbeat</span>
              <Switch
                label="Write one row a second on the primary, to measure true lag"
                checked={heartbeat}
                onChange={(event) => setHeartbeat(event.currentTarget.checked)}
              />
            </div>
          </Panel>
        </div>
        <div className="col">
          {proven && (
            <ProposalPanel
              discovery={discovery.event}
              error={discovery.error}
              rows={rows}
              edits={edits}
              onEdit={setEdits}
            />
          )}
          {!proven && (
            <PathPanel
              test={same || path.running ? path.event : null}
              error={path.error}
              running={path.running}
              seenOffers={seenOffers}
              onTestAgain={test}
            />
          )}
        </div>
      </div>
      {add.error && (
        <div style={{ marginTop: 8 }}>
          <ErrorCard error={add.error} />
        </div>
      )}
      <div className="row none" style={{ marginTop: 12, gap: 10 }}>
        <button type="button" className="link label" onClick={() => navigate({ name: 'inventory', tab: 'clusters' })}>
          Another way: import an inventory file
        </button>
        <span className="grow" />
        {proven && (
          <TextInput
            aria-label="Cluster name"
            placeholder="cluster name"
            w={200}
            value={name}
            onChange={(event) => setEdits({ ...edits, name: event.currentTarget.value })}
          />
        )}
        <Button
          variant={proven ? 'default' : 'filled'}
          disabled={missing !== null}
          loading={path.running}
          onClick={test}
        >
          {missing === null ? 'Test path' : `Test path: ${missing}`}
        </Button>
        <Button
          disabled={refusal !== null}
          {...(refusal === null ? {} : { variant: 'default' })}
          loading={add.busy}
          data-testid="add-cluster"
          onClick={submit}
        >
          {refusal === null ? `Add ${name.trim()}, ${plural(chosen.length, 'instance')}` : `Add cluster: ${refusal}`}
        </Button>
      </div>
    </div>
  );
}

const toInput = (row: ProposalRow): { host: string; port: number; name: string; region?: string } => ({
  host: row.found.host,
  port: row.found.port,
  name: row.name.trim(),
  ...(row.region.trim() === '' ? {} : { region: row.region.trim() }),
});

function refusalOf(at: {
  readonly proven: boolean;
  readonly found: boolean;
  readonly chosen: readonly ProposalRow[];
  readonly name: string;
}): string | null {
  if (!at.proven) return 'path not proven yet';
  if (!at.found) return 'still asking';
  if (at.chosen.length === 0) return 'no instance ticked';
  if (at.chosen.some((row) => row.name.trim() === '')) return 'an instance has no name';
  return at.name.trim() === '' ? 'name missing' : null;
}

function failedHop(test: PathTest | null): number | null {
  const hops = test?.legs.filter((leg) => leg.kind === 'hop') ?? [];
  const at = hops.findIndex((leg) => leg.stages.some((stage) => stage.state === 'failed'));
  return at < 0 ? null : at;
}

/** Changed keys that this test was offered: after one more look at the same key a replacement may be asked for. */
function changedOffers(test: PathTest | null): readonly string[] {
  return (test?.legs ?? []).flatMap((leg) =>
    leg.stages.flatMap((stage) =>
      stage.state === 'failed' && stage.error.code === 'host-key-changed' ? [offeredKey(stage.error)] : [],
    ),
  );
}
