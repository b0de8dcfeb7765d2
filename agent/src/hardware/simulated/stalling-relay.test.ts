import { type AddressInfo, connect, createServer } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { StallingRelay } from './stalling-relay.js';

const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

it('passes everything, holds it while the link is lost, and delivers it afterwards', async () => {
  const echo = createServer((socket) => socket.on('data', (data) => socket.write(data)).on('error', () => {}));
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  endings.push(() => void echo.close());
  let lost = false;
  const relay = new StallingRelay(`mqtt://127.0.0.1:${(echo.address() as AddressInfo).port}`, () => lost);
  const url = new URL(await relay.start());
  endings.push(() => relay.stop());

  const socket = connect(Number(url.port), url.hostname);
  endings.push(() => void socket.destroy());
  const arrived: string[] = [];
  let heard: () => void = () => {};
  socket.on('data', (data) => {
    arrived.push(String(data));
    heard();
  });
  const next = () => new Promise<void>((resolve) => (heard = resolve));

  let hearing = next();
  socket.write('one');
  await hearing;
  lost = true;
  // The relay looks at the fault at least this often.
  await new Promise((resolve) => setTimeout(resolve, 60));
  hearing = next();
  socket.write('two');
  const silence = new Promise((resolve) => setTimeout(resolve, 200, 'silence'));
  expect(await Promise.race([hearing, silence])).toBe('silence');
  lost = false;
  await hearing;
  expect(arrived).toEqual(['one', 'two']);
});

it('refuses a link with TLS', () => {
  expect(() => new StallingRelay('mqtts://localhost:8883', () => false)).toThrow(/lost-link wants a link by mqtt:/);
});
