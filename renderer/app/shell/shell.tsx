import { useEffect, useRef, type ReactNode } from 'react';
import { useDisclosure } from '@mantine/hooks';
import { failoverKey, failoverRoute } from '../../lib/failover';
import { useFleet, useFleetFeed } from '../../lib/fleet';
import { useKeys } from '../../lib/keyboard';
import { useFailoverQueue } from '../../lib/outages';
import { panelKeys } from '../../lib/panel-keys';
import { navigate, parentOf, useRoute } from '../../lib/router';
import { useWaitingRuns } from '../../lib/waiting-runs';
import { closePalette, openPalette } from '../../ui/command-palette';
import { Palette } from '../palette/palette';
import { Screen } from '../screen';
import { KeysBox } from './keys-box';
import { Navigation } from './navigation';
import { parts } from './parts';
import { ScreenBoundary } from './screen-boundary';
import { StatusBar } from './status-bar';
import { TitleBar } from './title-bar';

/** The frame: title bar, navigation, the screen, status bar; palette and keys over it. */
export function Shell(): ReactNode {
  useFleetFeed();
  const fleet = useFleet();
  const route = useRoute();
  const [keysOpen, keys] = useDisclosure(false);
  const waiting = useWaitingRuns();
  useOpenInterruptedFirst(
    waiting?.find((run) => run.state === 'interrupted')?.runId,
    waiting !== undefined,
    route.name === 'fleet',
  );
  const [worst] = useFailoverQueue();
  const ready = fleet !== undefined;
  useEffect(() => {
    if (!ready) return undefined;
    const frame = requestAnimationFrame(() => {
      document.documentElement.dataset.ready = 'true';
    });
    return () => cancelAnimationFrame(frame);
  }, [ready]);
  useKeys([
    { keys: 'Ctrl K', what: 'Palette: go to or do', run: openPalette, inFields: true },
    ...parts.map((part) => ({ keys: `G ${part.key}`, what: part.label, run: () => navigate(part.route) })),
    {
      keys: 'Esc',
      what: 'Back; never cancels a run',
      run: () => {
        const up = parentOf(route);
        if (up) navigate(up);
      },
    },
    ...(worst
      ? [
          {
            keys: failoverKey,
            what: `Plan failover on ${worst.name}; nothing changes before you approve`,
            run: () => {
              closePalette();
              navigate(failoverRoute(worst));
            },
            inFields: true,
          },
        ]
      : []),
    ...panelKeys,
    { keys: '?', what: 'Keys of this screen', run: keys.open },
  ]);
  const operating = fleet?.clusters.some((cluster) => cluster.runningOperation !== null) ?? false;
  return (
    <div className={operating ? 'app busy' : 'app'}>
      <TitleBar route={route} fleet={fleet} waiting={waiting ?? []} />
      <Navigation route={route} fleet={fleet} />
      <main className="main" aria-label="Screen">
        <ScreenBoundary key={`${route.name}`}>
          <Screen route={route} />
        </ScreenBoundary>
      </main>
      <StatusBar fleet={fleet} />
      <Palette />
      <KeysBox open={keysOpen} onClose={keys.close} />
    </div>
  );
}

/** After a crash the interrupted run opens first; once, so that a person may leave it. */
function useOpenInterruptedFirst(runId: string | undefined, known: boolean, atFleet: boolean): void {
  const looked = useRef(false);
  useEffect(() => {
    if (!known || looked.current) return;
    looked.current = true;
    if (runId !== undefined && atFleet) navigate({ name: 'run', runId, stage: 'run' }, true);
  }, [runId, known, atFleet]);
}
