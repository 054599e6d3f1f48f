import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The window over made-up data: `npx vite --config renderer/dev/vite.config.ts`, then open the printed address. */
export default defineConfig({
  root: resolve('renderer/dev'),
  resolve: { alias: { '@shared': resolve('shared') } },
  plugins: [react()],
  server: { port: 5199, strictPort: true, host: '127.0.0.1', fs: { allow: [resolve('.')] } },
  build: { outDir: resolve('node_modules/.cache/dev-window'), emptyOutDir: true },
});
