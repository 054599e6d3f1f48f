import { defineConfig } from '@playwright/test';

/** The real Electron against real servers: one window and one fleet at a time, because the machine is small. */
export default defineConfig({
  testDir: 'specs',
  outputDir: '../test-results/e2e',
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: { trace: 'off' },
});
