import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { chromiumPath, launch } from '../../dev/chromium.ts';
import { builtPage } from './built-page.ts';
import { gatewayTests } from './gateway.ts';
import { keyboardTests } from './keyboard.ts';
import { lookTests } from './look.ts';
import { stateTests } from './states.ts';

/** What the parts of these tests share. */
export interface Rig {
  readonly browser: Browser;
  /** Of the built page. */
  readonly folder: string;
}

const executable = chromiumPath();

if (executable === undefined) {
  describe('the page in a browser', () => {
    test.skip('needs Chromium: apt-get install chromium, or CHROMIUM_PATH=FILE', () => {});
  });
} else {
  describe('the page in a browser', () => {
    let rig: Rig | undefined;

    beforeAll(async () => {
      const [browser, folder] = await Promise.all([launch(executable), builtPage()]);
      rig = { browser, folder };
    });
    afterAll(() => rig?.browser.close());

    const given = (): Rig => rig!;
    describe('over samples', () => {
      stateTests(given);
      keyboardTests(given);
      lookTests(given);
    });
    describe('over a gateway', () => gatewayTests(given));
  });
}
