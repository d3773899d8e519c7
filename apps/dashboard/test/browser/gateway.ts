import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Rig } from './browser.test.ts';
import { gatewayProcess, TOKEN, type GatewayProcess } from '../../dev/gateway-process.ts';
import { eventually, expectText, namelessOf, openPage, type WatchedPage } from './page.ts';

function targetOf(id: string, simulate: object): object {
  const instant = { firstToken: '1ms', tokensPerSecond: 100_000 };
  return { id, provider: 'simulated', model: 'demo', simulate: { ...instant, ...simulate } };
}

const fleet = {
  targets: [
    targetOf('one', { seed: 1 }),
    targetOf('two', { seed: 2 }),
    targetOf('broken', { seed: 3, errorRatio: 1 }),
  ],
  pools: {
    chat: { strategy: 'weighted-round-robin', targets: ['one', 'two'] },
    failing: { strategy: 'weighted-round-robin', targets: ['one', 'broken'] },
  },
};

export function gatewayTests(given: () => Rig): void {
  let gateway: GatewayProcess;
  beforeAll(async () => {
    gateway = await gatewayProcess(fleet);
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const opened = async (pool: string): Promise<WatchedPage> => {
    const watched = await openPage(given().browser, `${gateway.url}/?pool=${pool}#token=${TOKEN}`);
    await watched.page.getByText('Live', { exact: true }).waitFor();
    return watched;
  };

  test('shares, a decision, a weight, a drain and the form', async () => {
    await using watched = await opened('chat');
    const { page } = watched;
    const chart = page.getByRole('img', { name: /^Share of requests over time/ });

    // The chart of shares appears with the traffic, and moves with it.
    await expectText(page, 'The stack appears with the first request.');
    await gateway.send(40);
    await eventually(() => chart.getAttribute('aria-label')).toMatch(/one [45]\d\.\d%, two/);
    await gateway.send(60, 'chat@two');
    await eventually(() => chart.getAttribute('aria-label')).toMatch(/one (0|\d\.\d|[1-3]\d\.\d)%/);

    // A decision explains itself.
    await page
      .getByRole('button', { name: /Pinned/ })
      .first()
      .click();
    await page.getByRole('img', { name: /^two gave its first token at/ }).waitFor();
    await expectText(page, /^picked, served$/);
    expect(await namelessOf(page)).toEqual([]);

    // A weight shows in what is expected, then in what is.
    const field = page.getByLabel('Weight of one, Enter applies');
    await field.fill('3');
    await page.getByRole('button', { name: 'Apply weight 3 to one: share 75.0%' }).waitFor();
    await field.press('Enter');
    await rowOf(page, 'one').getByText('of 75.0%').waitFor();
    await gateway.send(600);
    const share = rowOf(page, 'one').locator('td:nth-child(3) b');
    await eventually(async () => Number.parseFloat(await share.innerText())).toBeGreaterThan(60);

    // A drain stops the traffic to a target, and Enable brings it back.
    await page.getByRole('button', { name: 'Drain two' }).click();
    await page.getByRole('button', { name: 'Enable two' }).waitFor();
    expect(await gateway.send(50)).toEqual({ one: 50 });
    await page
      .getByRole('list', { name: 'Targets that want attention' })
      .getByText('Draining')
      .waitFor();
    await page.getByRole('button', { name: 'Enable two' }).click();
    await page.getByRole('button', { name: 'Drain two' }).waitFor();
    expect(Object.keys(await gateway.send(50)).sort()).toEqual(['one', 'two']);

    // The form sends, as operator.
    await page.getByRole('button', { name: 'Send a request' }).click();
    const form = page.getByRole('dialog', { name: 'Send a request' });
    await form.getByLabel('To').selectOption('chat@two');
    await form.getByRole('button', { name: 'Send', exact: true }).click();
    await form.getByText('First token, total').waitFor();
    expect(await form.locator('.text').textContent()).toContain('This is a simulated answer.');
    expect(await form.locator('dd.who').textContent()).toBe('two');
    watched.expectClean();
  });

  test('a target that fails is out, says why, and can be probed at once', async () => {
    await using watched = await opened('failing');
    const { page } = watched;
    expect(await gateway.send(30, 'failing')).toEqual({ one: 30 });
    await expectText(page, 'All requests served, by 1 of 2 targets');
    await page.getByRole('button', { name: 'Probe broken' }).click();
    await expectText(page, /0 of 1 probe passed$/);
    expect(await gateway.send(10, 'failing')).toEqual({ one: 10 });
    await page.getByRole('button', { name: 'Probe broken' }).waitFor();

    // What a retry absorbed is explained.
    await page
      .getByRole('button', { name: /Failover/ })
      .first()
      .click();
    await page.getByRole('img', { name: /^broken: .*; one gave its first token/ }).waitFor();
    watched.expectClean();
  });
}

function rowOf(page: Page, target: string): Locator {
  return page.getByRole('row', { name: new RegExp(`^${target} `) });
}
