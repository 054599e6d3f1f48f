import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const folder = path.dirname(fileURLToPath(import.meta.url));
const project = path.resolve(folder, '../..');

/**
 * Bundles what is measured as the application is bundled: read as TypeScript, it would spend its first second on that.
 * The worker lies beside the process that starts it, as in the application.
 */
export async function buildProcesses(target: string): Promise<void> {
  await build({
    configFile: false,
    root: project,
    logLevel: 'error',
    resolve: { alias: { '@shared': path.join(project, 'shared') } },
    ssr: { noExternal: true },
    build: {
      ssr: true,
      target: 'node20.18',
      outDir: target,
      emptyOutDir: true,
      rolldownOptions: {
        input: {
          'digest-process': path.join(folder, 'digest-process.ts'),
          'lines-process': path.join(folder, 'lines-process.ts'),
          'digest-slow-log': path.join(project, 'electron/workers/digest-slow-log.ts'),
        },
        output: { format: 'esm', entryFileNames: '[name].js' },
      },
    },
  });
}
