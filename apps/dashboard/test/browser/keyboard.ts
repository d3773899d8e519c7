import { expect, test } from 'vitest';
import type { Rig } from './browser.test.ts';
import { eventually, expectText, focusOf } from './page.ts';
import { sampled } from './states.ts';

export function keyboardTests(given: () => Rig): void {
  test('the first stop is the way past the bar, then the bar from left to right', async () => {
    await using rig = await sampled(given(), 'trouble');
    const { page } = rig;
    const stops: string[] = [];
    for (let stop = 0; stop < 9; stop++) {
      await page.keyboard.press('Tab');
      stops.push(await focusOf(page));
    }
    expect(stops).toEqual([
      'Skip to targets',
      'Plimsoll, overview',
      'chatweighted round-robin',
      'Live: pause this screen',
      '5 min',
      '1 h',
      '24 h',
      'Colours: as the system. Switch to light',
      'Send a requestSend a request',
    ]);
    await page.getByRole('link', { name: 'Skip to targets' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.id === 'targets');
  });

  test('the menu of pools opens on its first, Escape closes it and gives the focus back', async () => {
    await using rig = await sampled(given(), 'trouble');
    const { page } = rig;
    const button = page.getByRole('button', { name: /^chat/ });
    const open = async (): Promise<void> => {
      await page.keyboard.press('Enter');
      await page.waitForFunction(
        () => document.activeElement?.getAttribute('aria-current') === 'true',
      );
    };
    await button.focus();
    await open();
    await page.keyboard.press('Escape');
    await page.waitForFunction(
      () => document.activeElement?.getAttribute('aria-expanded') === 'false',
    );
    await open();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.title.startsWith('embed '));
    expect(page.url()).toContain('?pool=embed');
    await page.goBack();
    await page.waitForFunction(() => document.title.startsWith('chat '));
    rig.expectClean();
  });

  test('the form opens on its message, Escape closes it and gives the focus back', async () => {
    await using rig = await sampled(given(), 'trouble');
    const { page } = rig;
    await page.getByRole('button', { name: 'Send a request' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.id === 'd-message');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement?.id === 'send');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test('a weight shows its share first, Enter applies it, Escape takes it back', async () => {
    await using rig = await sampled(given(), 'healthy');
    const { page, gateway } = rig;
    const field = page.getByLabel('Weight of openai-1, Enter applies');
    await field.fill('130');
    await page.getByRole('button', { name: 'Apply weight 130 to openai-1: share 65.0%' }).waitFor();
    await field.press('Escape');
    expect(await field.inputValue()).toBe('30');
    expect(gateway.posted).toEqual([]);
    await field.press('ArrowUp');
    await field.press('Enter');
    await eventually(() => gateway.posted).toEqual([
      { path: '/admin/pools/chat/targets/openai-1/weight', body: { weight: 31 } },
    ]);
    await field.fill('no number');
    await expectText(page, 'A weight is a number from 0 to 1000.');
    rig.expectClean();
  });

  test('a decision opens and closes by Enter', async () => {
    await using rig = await sampled(given(), 'trouble');
    const { page } = rig;
    const row = page.getByRole('button', { name: /Failover/ });
    await row.focus();
    await page.keyboard.press('Enter');
    await expectText(page, 'Retry budget');
    expect(await row.getAttribute('aria-expanded')).toBe('true');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('.detail') === null);
  });
}
