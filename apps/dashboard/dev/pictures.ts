// node dev/pictures.ts [--to FOLDER] [NAME...]: builds nothing; takes a picture of the built page in each state.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { chromiumPath, launch } from './chromium.ts';
import { MOCK_TOKEN, mockGateway } from './mock-gateway.ts';
import type { SceneName } from './scenes.ts';

interface Picture {
  readonly name: string;
  readonly scene: SceneName;
  readonly width: number;
  readonly isDark?: boolean;
  /** What to press before it is taken: names of buttons. */
  readonly press?: readonly string[];
  readonly isLost?: boolean;
  readonly hasToken?: false;
}

const pictures: readonly Picture[] = [
  { name: 'trouble-light', scene: 'trouble', width: 1440, press: ['Failover'] },
  { name: 'trouble-dark', scene: 'trouble', width: 1440, isDark: true, press: ['Failover'] },
  { name: 'healthy-light', scene: 'healthy', width: 1440 },
  { name: 'healthy-dark', scene: 'healthy', width: 1440, isDark: true },
  { name: 'failing-light', scene: 'failing', width: 1440 },
  { name: 'quota-light', scene: 'quota', width: 1440 },
  { name: 'quota-dark', scene: 'quota', width: 1440, isDark: true },
  { name: 'off-line-light', scene: 'off-line', width: 1440 },
  { name: 'empty-light', scene: 'empty', width: 1440 },
  { name: 'empty-dark', scene: 'empty', width: 1440, isDark: true },
  { name: 'down-light', scene: 'down', width: 1440 },
  { name: 'down-dark', scene: 'down', width: 1440, isDark: true },
  { name: 'many-light', scene: 'many', width: 1440 },
  { name: 'many-dark', scene: 'many', width: 1440, isDark: true },
  { name: 'drawer-light', scene: 'trouble', width: 1440, press: ['Send a request', 'Send'] },
  {
    name: 'drawer-dark',
    scene: 'trouble',
    width: 1440,
    isDark: true,
    press: ['Send a request', 'Send'],
  },
  { name: 'pools-light', scene: 'trouble', width: 1440, press: ['chat'] },
  { name: 'weight-light', scene: 'trouble', width: 1440, press: ['Raise weight of openai-1'] },
  { name: 'lost-light', scene: 'trouble', width: 1440, isLost: true },
  { name: 'lost-dark', scene: 'trouble', width: 1440, isDark: true, isLost: true },
  { name: 'token-light', scene: 'trouble', width: 1440, hasToken: false },
  { name: 'token-360-dark', scene: 'trouble', width: 360, isDark: true, hasToken: false },
  { name: 'trouble-1900', scene: 'trouble', width: 1900 },
  { name: 'trouble-1200', scene: 'trouble', width: 1200, press: ['Failover'] },
  { name: 'trouble-1100', scene: 'trouble', width: 1100 },
  { name: 'trouble-390', scene: 'trouble', width: 390, press: ['Failover'] },
  { name: 'trouble-390-dark', scene: 'trouble', width: 390, isDark: true },
  { name: 'trouble-360', scene: 'trouble', width: 360 },
  { name: 'drawer-390', scene: 'trouble', width: 390, press: ['Send a request', 'Send'] },
  { name: 'down-390', scene: 'down', width: 390 },
  { name: 'many-390', scene: 'many', width: 390 },
  { name: 'many-1024', scene: 'many', width: 1024 },
  { name: 'empty-390', scene: 'empty', width: 390 },
];

/** Five past two, so that pictures can be compared. */
const NOW_MS = Date.UTC(2026, 4, 11, 14, 5, 20);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { to: { type: 'string', default: 'node_modules/.pictures' } },
});
const executable = chromiumPath();
if (executable === undefined)
  throw new Error('Chromium is needed: apt-get install chromium, or CHROMIUM_PATH=FILE');
mkdirSync(values.to, { recursive: true });
const browser = await launch(executable);
try {
  for (const picture of pictures) {
    if (positionals.length === 0 || positionals.some((part) => picture.name.includes(part))) {
      await take(browser, picture, join(values.to, `${picture.name}.png`));
    }
  }
} finally {
  await browser.close();
}

async function take(from: Browser, picture: Picture, file: string): Promise<void> {
  const { scene, width, isDark = false, press = [], isLost = false, hasToken = true } = picture;
  const folder = fileURLToPath(new URL('../dist', import.meta.url));
  await using gateway = await mockGateway({ scene, folder, nowMs: NOW_MS });
  const page = await from.newPage({
    viewport: { width, height: width < 640 ? 844 : 900 },
    colorScheme: isDark ? 'dark' : 'light',
    deviceScaleFactor: width < 640 ? 2 : 1,
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  page.on('console', (message) => console.error(`${file}: ${message.text()}`));
  page.on('pageerror', (error) => console.error(`${file}: ${error.message}`));
  await page.goto(hasToken ? `${gateway.url}/#token=${MOCK_TOKEN}` : gateway.url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  if (hasToken) await page.getByText('Live', { exact: true }).waitFor();
  if (isLost) {
    gateway.setReachable(false);
    await page.getByText(/^Reconnecting, 2 s old$/).waitFor();
  }
  for (const name of press)
    await page
      .getByRole('button', { name, exact: name === 'Send' })
      .first()
      .click();
  await page.evaluate(() => scrollTo(0, 0));
  await page.mouse.move(0, 0);
  const isFloating = press.includes('Send a request') || press.includes('chat');
  if (press.includes('Send')) await page.getByText('First token, total').waitFor();
  await page.screenshot({ path: file, fullPage: !isFloating });
  await page.close();
  console.log(file);
}
