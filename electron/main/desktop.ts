import { app, clipboard, dialog, shell, type BrowserWindow } from 'electron';
import fs from 'node:fs/promises';
import type { AppInfo } from '@shared/model/app';
import { MidwatchError } from '@shared/errors';
import type { Desktop } from '../ipc/app.handlers';
import { electronReportPrinter } from './print-report';

interface DesktopParts {
  readonly window: () => BrowserWindow | null;
  readonly secrets: AppInfo['secrets'];
  readonly notices: AppInfo['notices'];
  readonly user: string;
  readonly dataFolder: string;
}

/** {@link Desktop} on Electron. */
export function electronDesktop(parts: DesktopParts): Desktop {
  const owner = (): BrowserWindow => {
    const window = parts.window();
    if (!window) throw new MidwatchError('cancelled', 'The window is closed');
    return window;
  };
  return {
    info: () => ({
      version: app.getVersion(),
      electron: process.versions.electron ?? '',
      chrome: process.versions['chrome'] ?? '',
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
      packaged: app.isPackaged,
      secrets: parts.secrets,
      dataFolder: parts.dataFolder,
      user: parts.user,
      notices: parts.notices,
    }),
    openInBrowser: (url) => shell.openExternal(url),
    chooseFile: async (title) =>
      (await dialog.showOpenDialog(owner(), { title, properties: ['openFile', 'showHiddenFiles'] })).filePaths[0] ??
      null,
    chooseFiles: async (title) =>
      (await dialog.showOpenDialog(owner(), { title, properties: ['openFile', 'multiSelections', 'showHiddenFiles'] }))
        .filePaths,
    choosePath: async (suggestedName) => {
      const { filePath, canceled } = await dialog.showSaveDialog(owner(), { defaultPath: suggestedName });
      return canceled || !filePath ? null : filePath;
    },
    copy: async (text) => {
      await clipboard.writeText(text);
    },
    printer: electronReportPrinter,
    save: async (suggestedName, content) => {
      const { filePath, canceled } = await dialog.showSaveDialog(owner(), { defaultPath: suggestedName });
      if (canceled || !filePath) return null;
      await write(filePath, content);
      return filePath;
    },
    openText: async (title) => {
      const { filePaths } = await dialog.showOpenDialog(owner(), { title, properties: ['openFile'] });
      const path = filePaths[0];
      return path === undefined ? null : { path, text: await fs.readFile(path, 'utf8') };
    },
    window: (act) => {
      const window = owner();
      if (act === 'close') window.close();
      else if (act === 'minimize') window.minimize();
      else if (window.isMaximized()) window.unmaximize();
      else window.maximize();
    },
  };
}

/** Beside it first, then renamed: a full disk leaves the old file as it was. */
async function write(filePath: string, content: string | Uint8Array): Promise<void> {
  const beside = `${filePath}.part`;
  try {
    await fs.writeFile(beside, content);
    await fs.rename(beside, filePath);
  } catch (thrown) {
    await fs.rm(beside, { force: true });
    const full = (thrown as NodeJS.ErrnoException).code === 'ENOSPC';
    throw new MidwatchError(full ? 'disk-full' : 'file-unreadable', `${filePath} could not be written`, {
      nextStep: full ? 'Free some space, then save again' : 'Choose a folder you may write to',
      cause: thrown,
    });
  }
}
