import { existsSync } from 'node:fs';
import {
  type Browser,
  type ConsoleMessage,
  chromium,
  type Page,
  type Request,
  type WebSocketRoute,
} from 'playwright-core';

/** Chromium without the parts that draw its windows: the same engine, with less than half of the work for a page. */
const program = '/usr/bin/chromium-headless-shell';

/** Why there is no browser here; undefined where there is one. */
export const missingForPages = existsSync(program) ? undefined : 'chromium-headless-shell';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const openBrowser = (executablePath = program): Promise<Browser> =>
  chromium.launch({ executablePath, args: flags });

/** The whole browser: it asks a person's own certificates whom to trust, and a page that is closed in it is left as a person leaves it. */
export const wholeBrowser = '/usr/bin/chromium';

/** Pages that were given back, by what cannot be changed in them: a new one costs 3 s of a processor, in two processes of Chromium. */
const givenBack = new WeakMap<Browser, Map<string, Page[]>>();

/**
 * A page that nobody has used, or that is as if nobody had but for the picture that it shows, and what goes wrong in it. Answers that the controller refused are no
 * fault of the page. Who gives a page what stays in it (a route, a key held down) ends its context, instead of closing it.
 * @param script runs in each document before its own
 */
export async function openPage(
  browser: Browser,
  viewport = { width: 1280, height: 800 },
  locale = 'en-GB',
  script = '',
) {
  const pages = givenBack.get(browser) ?? new Map<string, Page[]>();
  givenBack.set(browser, pages);
  const kind = `${locale} ${script}`;
  const page = pages.get(kind)?.pop() ?? (await newPage(browser, locale, script));
  await page.setViewportSize(viewport);
  page.setDefaultTimeout(45_000);
  const faults: string[] = [];
  const asked: string[] = [];
  const onError = ({ message }: Error) => void faults.push(message);
  const onConsole = (message: ConsoleMessage) => {
    const isNetwork = /Failed to load resource|WebSocket connection/.test(message.text());
    if (message.type() === 'error' && !isNetwork) faults.push(message.text());
  };
  const onRequest = (request: Request) => void asked.push(request.url());
  page.on('pageerror', onError).on('console', onConsole).on('request', onRequest);
  const close = async () => {
    page.off('pageerror', onError).off('console', onConsole).off('request', onRequest);
    const origins = new Set(asked.filter((url) => url.startsWith('http')).map((url) => new URL(url).origin));
    const [origin] = origins;
    if (origins.size !== 1 || origin === undefined) return await page.context().close();
    try {
      await forgetAll(page, origin);
      pages.set(kind, [...(pages.get(kind) ?? []), page]);
    } catch {
      // Its controller is gone.
      await page.context().close();
    }
  };
  return { page, faults, asked, close };
}

async function newPage(browser: Browser, locale: string, script: string): Promise<Page> {
  const context = await browser.newContext({ colorScheme: 'dark', locale });
  if (script !== '') await context.addInitScript(script);
  return await context.newPage();
}

/** Leaves a page as a new one is, on a picture of the same origin: from there the next one needs no process of its own. */
async function forgetAll(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/favicon.svg`);
  await page.evaluate('localStorage.clear(); sessionStorage.clear()');
  await page.context().clearCookies();
  await page.emulateMedia({ media: null, colorScheme: 'dark' });
  await page.mouse.move(0, 0);
}

/** Lets what the controller says reach the page late: nothing from `hold` on, until `release`. Before the page is opened. */
export async function slowNetwork(page: Page): Promise<{ hold(): void; release(): void }> {
  let held: (() => void)[] | undefined;
  await page.routeWebSocket('**/api/v1/live', (socket: WebSocketRoute) => {
    socket.connectToServer().onMessage((message) => {
      if (held === undefined) socket.send(message);
      else held.push(() => socket.send(message));
    });
  });
  return {
    hold() {
      held ??= [];
    },
    release() {
      for (const send of held ?? []) send();
      held = undefined;
    },
  };
}

/** Chromium's own authenticator, as a phone has one (W3C Web Authentication Level 3, §11: user agent automation). */
export async function addAuthenticator(page: Page, isUserVerified = true): Promise<{ remove(): Promise<void> }> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified,
      automaticPresenceSimulation: true,
    },
  });
  return {
    async remove() {
      await devtools.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
    },
  };
}
