import { app, session, type BrowserWindow } from 'electron';

/**
 * What no window of ours ever does: navigate away, open another window, ask for a permission, attach a webview.
 * Called once before the first window.
 */
export function hardenApp(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event, url) => {
      if (!isOurPage(url)) event.preventDefault();
    });
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
  void app.whenReady().then(() => {
    session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
    session.defaultSession.setPermissionCheckHandler(() => false);
  });
}

/** The bundled page, or the development server of electron-vite. */
export function isOurPage(url: string): boolean {
  const development = process.env['ELECTRON_RENDERER_URL'];
  if (!app.isPackaged && development) return url.startsWith(development);
  return url.startsWith('file://') && new URL(url).pathname.endsWith('/renderer/index.html');
}

/** True for a message from the main frame of this window, showing our page. */
export function isFromOurWindow(
  window: BrowserWindow | null,
  event: {
    readonly sender: { readonly id: number };
    readonly senderFrame: { readonly url: string; readonly parent: unknown } | null;
  },
): boolean {
  return (
    window !== null &&
    !window.isDestroyed() &&
    event.sender.id === window.webContents.id &&
    event.senderFrame !== null &&
    event.senderFrame.parent === null &&
    isOurPage(event.senderFrame.url)
  );
}
