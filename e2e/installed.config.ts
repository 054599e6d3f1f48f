import { defineConfig } from '@playwright/test';

/** The app as its users get it: from the Debian package, as an ordinary user, with the sandbox on. */
export default defineConfig({
  testDir: 'installed',
  outputDir: '../test-results/installed',
  workers: 1,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: { trace: 'off' },
});
