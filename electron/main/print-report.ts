import { app, BrowserWindow, session } from 'electron';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { MidwatchError } from '@shared/errors';
import type { ReportPrinter } from '../core/ports/report-printer';

const limitMs = 30_000;

/** {@link ReportPrinter} by a hidden window: sandboxed, without JavaScript, in a session of its own that loads its one file alone. */
export const electronReportPrinter: ReportPrinter = {
  pdf: async (page, signal) => {
    signal.throwIfAborted();
    // A file, because a data: address ends at 2 MB, which the journal of a long run passes.
    const folder = await fs.mkdtemp(path.join(app.getPath('temp'), 'midwatch-report-'));
    const file = path.join(folder, 'report.html');
    let window: BrowserWindow | null = null;
    try {
      await fs.writeFile(file, page, { mode: 0o600 });
      window = hiddenWindow(file);
      const loaded = window;
      return await limited(signal, async () => {
        await loaded.loadFile(file);
        return loaded.webContents.printToPDF({ pageSize: 'A4', printBackground: true, preferCSSPageSize: true });
      });
    } finally {
      window?.destroy();
      await fs.rm(folder, { recursive: true, force: true });
    }
  },
};

function hiddenWindow(file: string): BrowserWindow {
  // Without `persist:` it lives in memory, and its name is never used twice.
  const own = session.fromPartition(`report-${randomUUID()}`);
  const address = pathToFileURL(file).href;
  own.webRequest.onBeforeRequest((request, answer) => answer({ cancel: request.url !== address }));
  own.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  return new BrowserWindow({
    show: false,
    width: 900,
    height: 1200,
    webPreferences: {
      session: own,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      javascript: false,
      spellcheck: false,
    },
  });
}

async function limited<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  let end = (): void => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => {
      reject(
        new MidwatchError('internal', 'The report could not be printed within 30 s', {
          nextStep: 'Save it as HTML, and print that from a browser',
        }),
      );
    }, limitMs);
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
  });
  try {
    return await Promise.race([work(), stopped]);
  } finally {
    end();
  }
}
