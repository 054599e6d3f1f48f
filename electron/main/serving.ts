import { powerMonitor, safeStorage, type BrowserWindow } from 'electron';
import os from 'node:os';
import { callHandlers, streamHandlers } from '../ipc/handlers';
import { openDoor, type Door } from '../ipc/serve';
import { compose } from './compose';
import { addDemoClusters } from './demo-inventory';
import { electronDesktop } from './desktop';
import { isFromOurWindow } from './security/harden';

/** The core behind the door, and how it ends. */
export interface Serving {
  readonly door: Door;
  close(): Promise<void>;
}

/** Puts the application together and opens its door. Imported after the window was made: while this loads, the page does too. */
export function startServing(dataFolder: string, window: () => BrowserWindow | null): Serving {
  const user = os.userInfo().username;
  const application = compose({ dataFolder, user, safeStorage, pollMs: 1000 });
  const desktop = electronDesktop({
    window,
    secrets: application.secrets.kind,
    notices: application.store.notices,
    user,
    dataFolder,
  });
  powerMonitor.on('resume', () => {
    for (const tunnel of application.tunnels.list())
      if (tunnel.state !== 'blocked') application.tunnels.reconnect(tunnel.id);
    application.monitor.wakeAll();
  });
  const demo = process.env['MIDWATCH_DEMO_INVENTORY'];
  if (demo)
    addDemoClusters(application, demo).catch((thrown: unknown) =>
      console.error('The demo could not be added:', thrown),
    );
  return {
    door: openDoor({
      calls: callHandlers(application, desktop),
      streams: streamHandlers(application),
      isOurs: (event) => isFromOurWindow(window(), event),
    }),
    close: () => application.close(),
  };
}
