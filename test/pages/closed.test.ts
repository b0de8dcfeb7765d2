import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { pitwall } from '../race/track-day.js';
import { issueToken } from '../tokens.js';
import { addAuthenticator, wholeBrowser as program } from './browser.js';

if (!existsSync(program)) {
  if (process.env.CI === 'true') throw new Error('whom a browser trusts is tested with chromium, which is missing');
  console.log('skipped: whom a browser trusts, because chromium is missing');
}

it.skipIf(!existsSync(program))(
  'Debian’s Chromium opens the pages without a warning once it trusts the authority, and lets a gate in and sends it away there',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pitwall-closed-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const data = join(folder, 'data');
    mkdirSync(data);
    const marshal = await issueToken(data, 'marshal', 'mara');
    const config = join(folder, 'controller.yaml');
    writeFileSync(config, stringify({ data, tls: 'local', mdns: false, http: { port: 0 }, mqtt: { port: 0 } }));
    const controller = spawn(process.execPath, [pitwall, 'serve', '--config', config, '--json']);
    onTestFinished(async () => {
      controller.kill('SIGTERM');
      await once(controller, 'close');
    });
    let url = '';
    for await (const line of createInterface({ input: controller.stdout })) {
      const said = JSON.parse(line) as { type: string; url: string };
      if (said.type === 'ready') {
        url = said.url;
        break;
      }
    }
    controller.stdout.resume();
    expect(url).toMatch(/^https:/);
    const home = join(folder, 'home');
    const database = join(home, '.pki/nssdb');
    mkdirSync(database, { recursive: true });
    const open = async (home: string) => {
      const browser = await chromium.launch({
        executablePath: program,
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--no-first-run',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
        ],
        env: { ...(process.env as Record<string, string>), HOME: home },
      });
      const page = await browser.newPage({ locale: 'en-GB' });
      page.setDefaultTimeout(45_000);
      return { browser, page };
    };
    const stranger = await open(join(folder, 'stranger'));
    await expect(stranger.page.goto(url)).rejects.toThrow('ERR_CERT_AUTHORITY_INVALID');
    await stranger.browser.close();

    const certutil = (...args: string[]) => execFileSync('certutil', ['-d', `sql:${database}`, ...args]);
    certutil('-N', '--empty-password');
    certutil('-A', '-t', 'C,,', '-n', 'hall', '-i', join(data, 'tls/authority.pem'));
    const { browser, page } = await open(home);
    onTestFinished(() => browser.close());
    await page.goto(`${url}/trust`);
    await page.getByRole('heading', { name: 'Trust this controller' }).waitFor();
    await page.goto(`${url}/cars`);
    await page.getByLabel('Token').fill(marshal);
    await page.getByRole('button', { name: 'To the garage' }).click();
    await page.getByLabel('What joins').selectOption({ label: 'a gate' });
    await page.getByLabel('Id', { exact: true }).fill('start');
    await page.getByRole('button', { name: 'Let one join' }).click();
    const command = (await page.locator('code', { hasText: 'pitwall gate join' }).textContent())!;
    const link = /'([^']+)'/.exec(command)![1]!;
    expect(await page.getByRole('img', { name: link }).count()).toBe(1);
    const joining = spawn(process.execPath, [pitwall, 'gate', 'join', link, '--data', join(folder, 'gate')]);
    const ended = once(joining, 'close');
    await page.getByRole('button', { name: 'Let in start' }).click();
    expect((await ended)[0]).toBe(0);
    await page.getByRole('button', { name: 'Send away start' }).click();
    await page.getByRole('button', { name: 'Send away start' }).waitFor({ state: 'detached' });

    // A certificate that the browser trusts is what passkeys want.
    await addAuthenticator(page);
    await page.evaluate('sessionStorage.clear()');
    await page.goto(`https://localhost:${new URL(url).port}/sign-in`);
    await page.getByRole('button', { name: 'New here?' }).click();
    await page.getByRole('button', { name: 'With a passkey instead' }).click();
    await page.getByLabel('Alias').fill('Zoë');
    await page.getByRole('button', { name: 'Make a passkey and sign up' }).click();
    await page.getByRole('region', { name: 'Passkeys' }).getByText('for localhost').waitFor();
  },
);
