import { expect, test } from 'vitest';
import { sceneNames } from '../../dev/scenes.ts';
import type { Rig } from './browser.test.ts';
import { eventually, namelessOf, openPage, overflowOf } from './page.ts';
import { MOCK_TOKEN, mockGateway } from '../../dev/mock-gateway.ts';
import { sampled } from './states.ts';

const widths = [360, 375, 390, 768, 1024, 1101, 1280, 1440];

export function lookTests(given: () => Rig): void {
  test('no state is wider than the window, and every control has a name', async () => {
    await using rig = await sampled(given(), 'trouble');
    const { page, gateway } = rig;
    for (const scene of sceneNames) {
      gateway.show(scene);
      await page.reload();
      await page.getByText('Live', { exact: true }).waitFor();
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 });
        // Charts follow in the next frame.
        const fits = `${scene}: 0 px past ${width}`;
        await eventually(async () => `${scene}: ${await overflowOf(page)} px past ${width}`).toBe(
          fits,
        );
      }
      expect({ scene, nameless: await namelessOf(page) }).toEqual({ scene, nameless: [] });
    }
    rig.expectClean();
  });

  test('the form fits a phone, and every control of it has a name', async () => {
    await using rig = await sampled(given(), 'trouble');
    await rig.page.setViewportSize({ width: 360, height: 700 });
    await rig.page.getByRole('button', { name: 'Send a request' }).click();
    expect(await overflowOf(rig.page)).toBe(0);
    expect(await namelessOf(rig.page)).toEqual([]);
  });

  test('charts are pictures with a sentence, the headline is read out when it changes', async () => {
    await using rig = await sampled(given(), 'trouble');
    const { page } = rig;
    const share = page.getByRole('img', { name: /^Share of requests over time, stacked/ });
    expect(await share.getAttribute('aria-label')).toMatch(/openai-1 4\d\.\d%/);
    await page.getByRole('img', { name: /^Time to first token over time/ }).waitFor();
    expect(await page.locator('h1').getAttribute('aria-live')).toBe('polite');
    expect(await page.locator('[aria-live] time').count()).toBe(0);
  });

  test('the theme is the system’s until one is chosen, which outlives a reload', async () => {
    await using gateway = await mockGateway({ scene: 'healthy', folder: given().folder });
    const url = `${gateway.url}/#token=${MOCK_TOKEN}`;
    await using watched = await openPage(given().browser, url, { colorScheme: 'dark' });
    const { page } = watched;
    const background = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const button = page.getByRole('button', { name: /^Colours/ });
    await button.waitFor();
    expect(await background()).toBe('rgb(12, 16, 21)');
    await button.click();
    expect(await background()).toBe('rgb(255, 255, 255)');
    await page.reload();
    await button.waitFor();
    expect(await background()).toBe('rgb(255, 255, 255)');
    await button.click();
    await button.click();
    expect(await button.getAttribute('aria-label')).toContain('as the system');
    expect(await background()).toBe('rgb(12, 16, 21)');
    watched.expectClean();
  });

  test('nothing moves where less motion is wanted', async () => {
    await using gateway = await mockGateway({ scene: 'trouble', folder: given().folder });
    const url = `${gateway.url}/#token=${MOCK_TOKEN}`;
    await using watched = await openPage(given().browser, url, { reducedMotion: 'reduce' });
    await watched.page.locator('.load').first().waitFor();
    const moving = await watched.page.evaluate(
      () =>
        [...document.querySelectorAll('*')].filter((element) => {
          const { transitionDuration, animationName } = getComputedStyle(element);
          return (
            animationName !== 'none' ||
            transitionDuration.split(', ').some((time) => Number.parseFloat(time) > 0)
          );
        }).length,
    );
    expect(moving).toBe(0);
  });
}
