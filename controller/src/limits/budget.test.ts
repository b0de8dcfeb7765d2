import { describe, expect, it } from 'vitest';
import { addressKey, Budget, limits } from './index.js';

describe('a budget', () => {
  let now = 0;
  const budget = () => new Budget({ burst: 10, perSecond: 2 }, () => now);

  it('lets so much through at once and so much a second, and who is refused owes nothing for it', () => {
    const one = budget();
    const burst = Array.from({ length: 12 }, () => one.ask());
    expect(burst).toEqual([...Array(10).fill(0), 0.5, 0.5]);
    now += 1000;
    expect([one.ask(), one.ask(), one.ask()]).toEqual([0, 0, 0.5]);
    now += 3_600_000;
    expect(Array.from({ length: 11 }, () => one.ask()).filter((wait) => wait === 0)).toHaveLength(10);
  });

  it('is paid off later where more was taken than there was', () => {
    const one = budget();
    expect(one.take(10)).toBe(0);
    expect(one.take(6)).toBe(3);
    now += 1000;
    expect(one.wait).toBe(2);
  });
});

it.each([
  ['192.168.1.7', '192.168.1.7'],
  ['::ffff:192.168.1.7', '192.168.1.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:1:2::6', '2001:db8:1:2::/64'],
  ['fe80::1%wlan0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('counts %s as %s', (address, key) => {
  expect(addressKey(address)).toBe(key);
});

it('lets a hall of 300 phones behind one address in: each loads the pages, asks now and then, and hears live', () => {
  let now = 0;
  const requests = new Budget(limits.requests.address, () => now);
  const bytes = new Budget(limits.bytes.address, () => now);
  const phones = 300;
  // A phone's first visit: what `pages.test.ts` sees a page load is less than 60 requests and 3 MB.
  let refused = 0;
  for (let request = 0; request < phones * 60; request += 1) if (requests.ask() > 0) refused += 1;
  if (bytes.take(phones * 3e6) > 0) refused += 1;
  for (let second = 0; second < 3600; second += 1) {
    now += 1000;
    for (let request = 0; request < phones; request += 1) if (requests.ask() > 0) refused += 1;
    if (bytes.take(phones * 20_000) > 0) refused += 1;
  }
  expect(refused).toBe(0);
  expect(limits.connections.ofAddress).toBeGreaterThanOrEqual(phones * 6);
  expect(limits.liveConnections.ofAddress).toBeGreaterThanOrEqual(phones * 2);
});
