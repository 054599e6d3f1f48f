import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const alias = { '@shared': resolve('shared') };

/** `unit`: pure logic, no server, no network. `servers`: real mysqld, mariadbd and sshd of the lab, one file at a time. */
export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          include: ['{shared,electron,renderer,e2e/fleet,bench}/**/*.test.{ts,tsx}'],
          exclude: ['**/*.server.test.ts', 'node_modules/**'],
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'servers',
          include: ['{electron,e2e}/**/*.server.test.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
