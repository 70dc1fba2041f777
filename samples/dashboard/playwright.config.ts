import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

// The system's browser, so that none has to be downloaded; where there is none, Playwright's own.
const chromium = process.env.CHROMIUM_PATH ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  globalSetup: './e2e/build.ts',
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  // Each has a local host of its own.
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  use: {
    browserName: 'chromium',
    locale: 'en-US',
    timezoneId: 'UTC',
    actionTimeout: 15_000,
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: chromium,
      args: [
        // As root, as in containers, Chromium starts no other way; it sees pages of this machine alone.
        '--no-sandbox',
        // No name but localhost leads anywhere: no test depends on the network, or tells it anything.
        '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost',
        '--disable-gpu',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
});
