import { expect, it } from 'vitest';
import { limits } from '../limits/index.js';
import { SignInLimit } from './sign-in-limit.js';

const { ofAddress, windowMs } = limits.passwords;
const address = '203.0.113.200';

it('who tries many accounts from one address waits; on a device of theirs an owner at that address does not', () => {
  let now = 1;
  const limit = new SignInLimit('secret', () => now);
  const device = limit.deviceOf('gina');
  for (let tries = 0; tries < ofAddress; tries += 1) limit.begin({ address, account: `nobody ${tries}` });
  const refused = expect.objectContaining({ code: 'too-many-tries', details: { retryAfter: windowMs / 1000 } });
  expect(() => limit.begin({ address, account: 'gina' })).toThrow(refused);
  expect(() => limit.begin({ address, account: 'gina', device })).not.toThrow();
  expect(() => limit.begin({ address: '203.0.113.201', account: 'gina' })).not.toThrow();
  now += windowMs + 1;
  expect(() => limit.begin({ address, account: 'gina' })).not.toThrow();
});

it('300 phones behind one address sign in at once, one in ten with a wrong password first', () => {
  const limit = new SignInLimit('secret', () => 1);
  const begun = Array.from({ length: 300 }, (_, phone) => limit.begin({ address, account: `racer ${phone}` }));
  for (const [phone, succeeded] of begun.entries()) if (phone % 10 !== 0) succeeded();
  for (let phone = 0; phone < 300; phone += 10) limit.begin({ address, account: `racer ${phone}` })();
});
