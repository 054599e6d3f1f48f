import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';

const alias = { '@shared': resolve('shared') };

/** The development server needs what the page's policy forbids: an inline script for reload, and its socket. */
const developmentPolicy: Plugin = {
  name: 'development-policy',
  apply: 'serve',
  transformIndexHtml: (html) => html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/s, ''),
};

// The targets name the oldest runtime that the tests run on, not the newest that releases ship.
export default defineConfig({
  main: {
    resolve: { alias },
    build: {
      target: 'node20.18',
      sourcemap: true,
      rolldownOptions: {
        input: {
          index: resolve('electron/main/index.ts'),
          cli: resolve('electron/cli/index.ts'),
          // Threads, which are found by their file's name.
          'digest-slow-log': resolve('electron/workers/digest-slow-log.ts'),
        },
      },
    },
  },
  preload: {
    resolve: { alias },
    build: {
      target: 'node20.18',
      // A sandboxed preload script must be CommonJS.
      rolldownOptions: {
        input: { preload: resolve('electron/preload/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    resolve: { alias },
    plugins: [react(), developmentPolicy],
    build: {
      target: 'chrome130',
      minify: true,
      sourcemap: true,
      rolldownOptions: { input: { index: resolve('renderer/index.html') } },
    },
  },
});
