import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';

/** A page that keeps account of what it must not do. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  /** Fails on a message in the console, an exception, a breach of the policy, and on a request to elsewhere. */
  expectClean(): void;
}

/** Less than a test's own time, so that a failure names what was waited for. */
const PATIENCE_MS = 15_000;

export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const faults: string[] = [];
  const { origin } = new URL(url);
  page.on('console', (message) => {
    // That a request failed is what some tests are about; Chromium says so by itself.
    if (!message.text().startsWith('Failed to load resource')) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => {
    const to = request.url();
    if (!to.startsWith(`${origin}/`) && !to.startsWith('data:')) faults.push(`asked for ${to}`);
  });
  await page.goto(url);
  return {
    page,
    expectClean: () => expect(faults).toEqual([]),
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** Waits until the page says so; what it says stands in the failure. */
export async function expectText(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor();
}

/** Expects what `read` gives to be so in the end; vitest's own patience is a second. */
export function eventually<T>(read: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(read, { timeout: PATIENCE_MS });
}

/** Buttons, links, fields and pictures without a name that could be read out. */
export async function namelessOf(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const nameOf = (element: Element): string => {
      const stated = element.getAttribute('aria-label') ?? element.getAttribute('title') ?? '';
      const ids = element.getAttribute('aria-labelledby')?.split(' ') ?? [];
      const labels =
        element instanceof HTMLInputElement ||
        element instanceof HTMLSelectElement ||
        element instanceof HTMLTextAreaElement
          ? [...(element.labels ?? [])]
          : [];
      const texts = [...ids.map((id) => document.getElementById(id)), ...labels, element];
      return stated + texts.map((one) => one?.textContent ?? '').join('');
    };
    const controls =
      'button, a, input, select, textarea, [role=img], [role=dialog], [role=region], [role=group], section, nav';
    return [...document.querySelectorAll(controls)]
      .filter((element) => nameOf(element).trim() === '')
      .map((element) => element.outerHTML.slice(0, 120));
  });
}

/** By how many pixels the page is wider than the window. */
export async function overflowOf(page: Page): Promise<number> {
  return await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

/** What has the focus: its name, or what it is. */
export async function focusOf(page: Page): Promise<string> {
  return await page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '';
  });
}
