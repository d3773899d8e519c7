import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { MOCK_TOKEN, mockGateway, type MockGateway } from '../../dev/mock-gateway.ts';
import type { SceneName } from '../../dev/scenes.ts';
import type { Rig } from './browser.test.ts';
import { expectText, openPage, type WatchedPage } from './page.ts';

/** A page over samples that shows a scene. */
export async function sampled(
  rig: Rig,
  scene: SceneName,
): Promise<{ gateway: MockGateway } & WatchedPage> {
  const gateway = await mockGateway({ scene, folder: rig.folder });
  const watched = await openPage(rig.browser, `${gateway.url}/#token=${MOCK_TOKEN}`);
  await watched.page.getByText('Live', { exact: true }).waitFor();
  return {
    ...watched,
    gateway,
    async [Symbol.asyncDispose]() {
      await watched[Symbol.asyncDispose]();
      await gateway[Symbol.asyncDispose]();
    },
  };
}

function headline(page: Page): Promise<string | null> {
  return page.getByRole('heading', { level: 1 }).textContent();
}

export function stateTests(given: () => Rig): void {
  test('asks for the token, says that one was refused, and keeps the right one in the tab alone', async () => {
    await using gateway = await mockGateway({ scene: 'trouble', folder: given().folder });
    await using watched = await openPage(given().browser, gateway.url);
    const { page } = watched;
    const field = page.getByLabel('Token');
    await field.fill('coffee');
    await field.press('Enter');
    await expectText(page, 'The gateway did not take that token.');
    await field.fill(MOCK_TOKEN);
    await page.getByRole('button', { name: 'Open' }).click();
    await expectText(page, 'All requests served, by 4 of 6 targets');
    await page.reload();
    await expectText(page, 'All requests served, by 4 of 6 targets');
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
    watched.expectClean();
  });

  test('takes the token out of the address', async () => {
    await using rig = await sampled(given(), 'trouble');
    expect(rig.page.url()).toBe(`${rig.gateway.url}/`);
  });

  test('says who is served in the title too', async () => {
    await using rig = await sampled(given(), 'trouble');
    await rig.page.waitForFunction(() => document.title === 'chat 4/6 · Plimsoll');
    rig.gateway.show('down');
    await rig.page.waitForFunction(() => document.title === '✕ chat is down · Plimsoll');
    expect(await headline(rig.page)).toBe('No target can serve chat');
    rig.expectClean();
  });

  test('when the stream is lost says how old it is, holds its countdowns, and comes back by itself', async () => {
    await using rig = await sampled(given(), 'trouble');
    const { page, gateway } = rig;
    gateway.setReachable(false);
    await expectText(page, /^Reconnecting, 1 s old$/);
    const count = page.locator('.attention time').first();
    const before = await count.textContent();
    await expectText(page, /^Reconnecting, 2 s old$/);
    expect(await count.textContent()).toBe(before);
    expect(await page.locator('main.stale').count()).toBe(1);
    gateway.setReachable(true);
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await page.locator('main.stale').count()).toBe(0);
    rig.expectClean();
  });

  test('counts down by the gateway’s clock', async () => {
    await using rig = await sampled(given(), 'trouble');
    const count = rig.page.locator('.attention time').first();
    expect(await count.textContent()).toMatch(/^0:2[23]$/);
  });

  test('paused, the screen holds still; then it shows what has come', async () => {
    await using rig = await sampled(given(), 'trouble');
    const { page, gateway } = rig;
    const live = page.getByRole('button', { name: /pause this screen/ });
    await live.click();
    gateway.show('down');
    // Once the second is sent, the first has been received.
    await gateway.nextView();
    await gateway.nextView();
    expect(await headline(page)).toBe('All requests served, by 4 of 6 targets');
    await page.getByRole('button', { name: /go on/ }).click();
    await expectText(page, 'No target can serve chat');
  });

  test('a pool that is not there gives way to the first', async () => {
    await using gateway = await mockGateway({ scene: 'trouble', folder: given().folder });
    await using watched = await openPage(
      given().browser,
      `${gateway.url}/?pool=gone#token=${MOCK_TOKEN}`,
    );
    await expectText(watched.page, 'All requests served, by 4 of 6 targets');
    expect(watched.page.url()).toBe(`${gateway.url}/`);
  });

  test('another window is asked for, and stands in the address', async () => {
    await using rig = await sampled(given(), 'trouble');
    await rig.page.getByRole('button', { name: '1 h', exact: true }).click();
    await expectText(rig.page, 'Share over 1 hour');
    expect(rig.page.url()).toContain('window=1h');
  });

  test('an empty pool says what to type', async () => {
    await using rig = await sampled(given(), 'empty');
    await expectText(rig.page, 'Ready for the first request');
    expect(await rig.page.getByLabel('A first request').textContent()).toContain(
      `curl ${rig.gateway.url}/v1/chat/completions`,
    );
  });

  test('a change that is refused says why in its row', async () => {
    await using rig = await sampled(given(), 'trouble');
    rig.gateway.refuseNext('gemini-us is not cooling down.');
    await rig.page.getByRole('button', { name: 'Try gemini-us now' }).click();
    const row = rig.page.getByRole('row', { name: /gemini-us/ });
    await row.getByRole('alert').getByText('gemini-us is not cooling down.').waitFor();
    rig.expectClean();
  });

  test('a hundred targets: a few rows are in the page, all can be found', async () => {
    await using rig = await sampled(given(), 'many');
    const { page } = rig;
    const rows = page.locator('tbody tr[id]');
    expect(await rows.count()).toBeLessThan(60);
    await page
      .getByRole('region', { name: 'All targets' })
      .evaluate((element) => element.scrollTo(0, 1e6));
    await page.getByRole('row', { name: /gemini-euw4-24/ }).waitFor();
    await page.getByLabel('Filter targets by id, model, region or tag').fill('haiku eu');
    await page.waitForFunction(() => document.querySelectorAll('tbody tr[id]').length === 15);
    await page.getByRole('link', { name: 'openai-usw2-29' }).click();
    await page.waitForFunction(() =>
      document.activeElement?.textContent?.includes('openai-usw2-29'),
    );
    rig.expectClean();
  });

  test('sends a request from its form, and shows who answered', async () => {
    await using rig = await sampled(given(), 'trouble');
    const { page, gateway } = rig;
    await page.getByRole('button', { name: 'Send a request' }).click();
    const form = page.getByRole('dialog', { name: 'Send a request' });
    await form.getByLabel('To').selectOption('chat@openai-1');
    await form.getByLabel('Hash key').fill('user-7');
    await form.getByRole('button', { name: 'Send', exact: true }).click();
    await form.getByText('17 in, 41 out').waitFor();
    expect(await form.locator('.text').textContent()).toContain('A Plimsoll line is a mark');
    expect(gateway.posted).toEqual([
      {
        path: '/admin/send',
        body: {
          model: 'chat@openai-1',
          isStream: true,
          headers: { key: 'user-7' },
          body: {
            model: 'chat@openai-1',
            messages: [{ role: 'user', content: 'Explain a Plimsoll line in two sentences.' }],
            stream: true,
            stream_options: { include_usage: true },
          },
        },
      },
    ]);
    rig.expectClean();
  });

  test('only explains where that is asked for', async () => {
    await using rig = await sampled(given(), 'trouble');
    const { page, gateway } = rig;
    await page.getByRole('button', { name: 'Send a request' }).click();
    await page.getByLabel('Only explain, send nothing').check();
    await page.getByRole('button', { name: 'Explain', exact: true }).click();
    await expectText(page, /Nothing was sent/);
    await expectText(page, 'next, if that fails');
    expect(gateway.posted.map(({ path }) => path)).toEqual(['/admin/explain']);
  });
}
