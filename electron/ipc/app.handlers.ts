import type { CallHandlers } from '@shared/ipc/contract';
import type { appCalls } from '@shared/ipc/app.contract';
import { MidwatchError } from '@shared/errors';
import type { AppInfo } from '@shared/model/app';
import type { ReportPrinter } from '../core/ports/report-printer';

/** What only the desktop can do; main provides it. */
export interface Desktop {
  info(): AppInfo;
  openInBrowser(url: string): Promise<void>;
  chooseFile(title: string): Promise<string | null>;
  chooseFiles(title: string): Promise<readonly string[]>;
  /** Where a file is to be written; null when the person chose none. */
  choosePath(suggestedName: string): Promise<string | null>;
  copy(text: string): Promise<void>;
  save(suggestedName: string, content: string | Uint8Array): Promise<string | null>;
  readonly printer: ReportPrinter;
  openText(title: string): Promise<{ path: string; text: string } | null>;
  window(act: 'minimize' | 'maximize' | 'close'): void;
}

/** The manuals, and nothing else of the web. */
const manualHosts = new Set(['dev.mysql.com', 'mariadb.com']);

export const appHandlers = (desktop: Desktop): Pick<CallHandlers, keyof typeof appCalls> => ({
  'app.info': async () => desktop.info(),
  'app.openManual': async ({ url }) => {
    const parsed = URL.canParse(url) ? new URL(url) : null;
    if (parsed?.protocol !== 'https:' || !manualHosts.has(parsed.hostname))
      throw new MidwatchError('invalid-input', 'Only pages of the MySQL and MariaDB manuals are opened');
    await desktop.openInBrowser(parsed.href);
    return null;
  },
  'app.chooseFile': async ({ title }) => ({ path: await desktop.chooseFile(title) }),
  'app.chooseFiles': async ({ title }) => ({ paths: await desktop.chooseFiles(title) }),
  'app.copyText': async ({ text }) => {
    await desktop.copy(text);
    return null;
  },
  'app.saveText': async ({ suggestedName, text }) => ({ path: await desktop.save(suggestedName, text) }),
  'app.openText': async ({ title }) => desktop.openText(title),
  'app.window': async ({ act }) => {
    desktop.window(act);
    return null;
  },
});
