import { z } from 'zod';
import type { AppInfo } from '../model/app';
import { answers } from './define';

export const appCalls = {
  'app.info': answers<AppInfo>()(z.object({})),
  /** Opens a manual page in the person's browser; only https pages of the two manuals are let through. */
  'app.openManual': answers<null>()(z.object({ url: z.string().max(500) })),
  'app.chooseFile': answers<{ path: string | null }>()(z.object({ title: z.string().max(80) })),
  /** Several files of this computer; none when the person chose none. */
  'app.chooseFiles': answers<{ paths: readonly string[] }>()(z.object({ title: z.string().max(80) })),
  'app.copyText': answers<null>()(z.object({ text: z.string().max(1_000_000) })),
  'app.saveText': answers<{ path: string | null }>()(
    z.object({ suggestedName: z.string().max(120), text: z.string().max(20_000_000) }),
  ),
  'app.openText': answers<{ path: string; text: string } | null>()(z.object({ title: z.string().max(80) })),
  'app.window': answers<null>()(z.object({ act: z.enum(['minimize', 'maximize', 'close']) })),
};
