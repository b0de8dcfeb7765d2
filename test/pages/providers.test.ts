import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingForPages, openBrowser, openPage } from './browser.js';
import { Hall } from './hall.js';

if (missingForPages !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the pages need ${missingForPages}`);
  console.log(`skipped: signing in by an OpenID provider, because ${missingForPages} is missing`);
}

type Serve = (request: IncomingMessage, response: ServerResponse) => void;
const { Provider } = (await import('oidc-provider' as string)) as {
  Provider: new (issuer: string, options: object) => { callback(): Serve };
};

/** A provider of the certified kind (panva/node-oidc-provider), with its own pages to sign in. */
async function startProvider(): Promise<{ issuer: string; takes(redirect: string): void; stop(): void }> {
  let serve: Serve = (_request, response) => void response.writeHead(503).end();
  const server = createServer((request, response) => serve(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Another host than the controller's: cookies know no ports.
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    takes(redirect) {
      const claims = (id: string) => ({
        sub: id,
        preferred_username: `${id} of the club`,
        email: `${id}@example.org`,
        email_verified: id !== 'eve',
      });
      const provider = new Provider(issuer, {
        clients: [{ client_id: 'pitwall', client_secret: 'a secret of 1843', redirect_uris: [redirect] }],
        claims: { openid: ['sub'], profile: ['preferred_username'], email: ['email', 'email_verified'] },
        findAccount: (_: unknown, id: string) => ({ accountId: id, claims: async () => claims(id) }),
        cookies: { keys: ['of this test'] },
        ttl: { AccessToken: 600, AuthorizationCode: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
      });
      serve = provider.callback();
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe.skipIf(missingForPages !== undefined)('signing in by an OpenID provider', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-providers-'));
  let hall: Hall;
  let browser: Browser;
  let provider: Awaited<ReturnType<typeof startProvider>>;
  beforeAll(async () => {
    provider = await startProvider();
    const secretfile = join(folder, 'secret');
    writeFileSync(secretfile, 'a secret of 1843\n', { mode: 0o600 });
    const configured = { name: 'club', label: 'City Club', issuer: provider.issuer, client: 'pitwall', secretfile };
    hall = new Hall('all', `providers: [${JSON.stringify(configured)}]\n`);
    await hall.start();
    provider.takes(`${hall.url}/api/v1/session/providers/club/callback`);
    browser = await openBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await hall?.stop();
    provider?.stop();
    rmSync(folder, { recursive: true });
  });

  async function comeBy(page: Page, who: string): Promise<void> {
    await page.goto(`${hall.url}/sign-in`);
    await page.getByRole('button', { name: 'Sign in by City Club' }).click();
    await signInThere(page, who);
  }
  async function signInThere(page: Page, who: string): Promise<void> {
    await page.locator('[name=login]').fill(who);
    await page.locator('[name=password]').fill('whatever');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
  }

  it('makes an account under an alias of one’s own, and signs in to it from then on', async () => {
    const { page, faults, close } = await openPage(browser, { width: 390, height: 844 });
    const returns: string[] = [];
    page.on('request', (request) => request.url().includes('/callback?') && returns.push(request.url()));
    await comeBy(page, 'ann');
    await page.getByText('City Club has said who you are').waitFor();
    expect(await page.getByLabel('Alias').inputValue()).toBe('ann of the club');
    await page.getByLabel('Alias').fill('Ann');
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByRole('heading', { name: 'Ann' }).waitFor();
    await page.getByText('signs you in', { exact: true }).waitFor();
    // There is no password to change.
    expect(await page.getByLabel('Old password').count()).toBe(0);
    await page.context().clearCookies({ domain: '127.0.0.1' });
    await page.evaluate('localStorage.clear()');
    await page.goto(`${hall.url}/sign-in?to=/boards`);
    await page.getByRole('button', { name: 'Sign in by City Club' }).click();
    await page.waitForURL('**/boards');
    await page.getByRole('button', { name: /^Ann/ }).waitFor();
    // What the provider sent once, sent again or to another browser, says nothing.
    for (const cookie of ['', 'pitwall_login=forged.zzzzzzzzz.forged']) {
      const again = await fetch(returns.at(-1)!, { redirect: 'manual', headers: { cookie } });
      expect([again.status, again.headers.get('location')]).toEqual([302, '/sign-in/provider#refused']);
    }
    expect(faults).toEqual([]);
    await close();
  });

  it('never takes somebody for another by their e-mail: who has it here signs in and connects it', async () => {
    const { page, faults, close } = await openPage(browser);
    const account = { alias: 'Ben', password: 'correct horse', email: 'ben@example.org' };
    const made = await fetch(`${hall.url}/api/v1/people`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: hall.url },
      body: JSON.stringify(account),
    });
    expect(made.status).toBe(204);
    await comeBy(page, 'ben');
    await page.getByText('Somebody has signed up here with ben@example.org already').waitFor();
    await page.goto(`${hall.url}/sign-in`);
    await page.getByLabel('Alias or e-mail').fill('Ben');
    await page.getByLabel('Password', { exact: true }).fill(account.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('does not sign you in').waitFor();
    await page.getByRole('button', { name: 'Connect City Club' }).click();
    await page.getByRole('button', { name: 'Disconnect City Club' }).waitFor();
    // An e-mail that the provider does not vouch for is nobody's.
    const eve = await openPage(browser);
    await comeBy(eve.page, 'eve');
    await eve.page.getByText('City Club has said who you are').waitFor();
    const facts = await eve.page.evaluate(`fetch('/api/v1/session/providers/new').then((one) => one.json())`);
    expect(facts).toMatchObject({ email: null, emailTaken: false });
    expect([...faults, ...eve.faults]).toEqual([]);
    await Promise.all([close(), eve.close()]);
  });
});
