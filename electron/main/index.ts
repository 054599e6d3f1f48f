import { app, ipcMain, type BrowserWindow } from 'electron';
import path from 'node:path';
import { channels } from '@shared/ipc/channels';
import { logDefects } from './defect-log';
import { savePictures } from './pictures';
import { hardenApp } from './security/harden';
import type { Serving } from './serving';
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
  logDefects(dataFolder);
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
  // Two thirds of our code are not needed to make a window: they load while the page does, and its first calls wait here.
  const serving = firstDrawn(window)
    .then(() => import('./serving'))
    .then(({ startServing }) => startServing(dataFolder, () => window));
  answerWhenOpen(serving);
  app.on('second-instance', () => (window ? window.focus() : open()));
  app.on('activate', () => window ?? open());
  app.on('window-all-closed', () => app.quit());
  let closed = false;
  app.on('before-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    void serving
      .then((one) => one.close())
      .finally(() => {
        closed = true;
        app.quit();
      });
  });
  await serving;
}

/** Before that, loading our code would hold up the window: its drawing is reported on this thread. */
function firstDrawn(window: BrowserWindow | null): Promise<void> {
  return new Promise((settle) => {
    window?.once('ready-to-show', () => settle());
    window?.webContents.once('did-fail-load', () => settle());
    window?.once('closed', () => settle());
  });
}

/** Registers the door's channels at once; messages keep their order. */
function answerWhenOpen(serving: Promise<Serving>): void {
  const door = serving.then((one) => one.door);
  // Whoever waits for the start reports its failure.
  door.catch(() => undefined);
  ipcMain.handle(channels.invoke, async (event, raw: unknown) => (await door).invoke(event, raw));
  for (const name of ['cancel', 'watch', 'unwatch'] as const)
    ipcMain.on(channels[name], (event, raw: unknown) => void door.then((open) => open[name](event, raw)));
}

start().catch((thrown: unknown) => {
  console.error('Midwatch could not start:', thrown);
  app.exit(1);
});
