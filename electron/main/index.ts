import { app, ipcMain, powerMonitor, safeStorage, type BrowserWindow } from 'electron';
import os from 'node:os';
import path from 'node:path';
import { callHandlers, streamHandlers } from '../ipc/handlers';
import { serve } from '../ipc/serve';
import { compose } from './compose';
import { addDemoClusters } from './demo-inventory';
import { logDefects } from './defect-log';
import { electronDesktop } from './desktop';
import { savePictures } from './pictures';
import { hardenApp, isFromOurWindow } from './security/harden';
import { openWindow } from './window';

const inside = (...parts: string[]): string => path.join(import.meta.dirname, '..', ...parts);

/** Asks a keychain that may block on a locked ring only after the app is ready. */
async function start(): Promise<void> {
  // Two consoles on one store would each believe to be the only one.
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  hardenApp();
  await app.whenReady();
  let window: BrowserWindow | null = null;
  const dataFolder = app.getPath('userData');
  const user = os.userInfo().username;
  logDefects(dataFolder);
  const application = compose({ dataFolder, user, safeStorage, pollMs: 1000 });
  const desktop = electronDesktop({
    window: () => window,
    secrets: application.secrets.kind,
    notices: application.store.notices,
    user,
    dataFolder,
  });
  serve({
    ipcMain,
    calls: callHandlers(application, desktop),
    streams: streamHandlers(application),
    isOurs: (event) => isFromOurWindow(window, event),
  });

  const open = (): void => {
    window = openWindow({
      dataFolder,
      preload: inside('preload', 'preload.cjs'),
      page: inside('renderer', 'index.html'),
    });
    window.on('closed', () => (window = null));
    const pictures = process.env['MIDWATCH_SCREENSHOT_DIR'];
    if (pictures) savePictures(window, pictures);
  };
  open();
  app.on('second-instance', () => (window ? window.focus() : open()));
  app.on('activate', () => window ?? open());
  powerMonitor.on('resume', () => {
    for (const tunnel of application.tunnels.list())
      if (tunnel.state !== 'blocked') application.tunnels.reconnect(tunnel.id);
    application.monitor.wakeAll();
  });
  app.on('window-all-closed', () => app.quit());
  let closed = false;
  app.on('before-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    void application.close().finally(() => {
      closed = true;
      app.quit();
    });
  });
  const demo = process.env['MIDWATCH_DEMO_INVENTORY'];
  if (demo) await addDemoClusters(application, demo);
}

start().catch((thrown: unknown) => {
  console.error('Midwatch could not start:', thrown);
  app.exit(1);
});
