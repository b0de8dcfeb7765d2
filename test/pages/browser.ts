import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page, type WebSocketRoute } from 'playwright-core';

const program = '/usr/bin/chromium';

/** Why there is no browser here; undefined where there is one. */
export const missingForPages = existsSync(program) ? undefined : 'chromium';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath: program, args: flags });

/** A page of one's own, with what went wrong in it. Answers that the controller refused are no fault of the page. */
export async function openPage(browser: Browser, viewport = { width: 1280, height: 800 }, locale = 'en-GB') {
  const context = await browser.newContext({ viewport, colorScheme: 'dark', locale });
  const page: Page = await context.newPage();
  page.setDefaultTimeout(45_000);
  const faults: string[] = [];
  const asked: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('console', (message) => {
    const isNetwork = /Failed to load resource|WebSocket connection/.test(message.text());
    if (message.type() === 'error' && !isNetwork) faults.push(message.text());
  });
  page.on('request', (request) => asked.push(request.url()));
  return { page, faults, asked, close: () => context.close() };
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
