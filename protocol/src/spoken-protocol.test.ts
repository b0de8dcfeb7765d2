import { describe, expect, it } from 'vitest';
import { compareVersions, firstProtocol, protocols, spokenProtocol, worksWith } from './index.js';

describe('which protocols work together', () => {
  const speaks = (number: number, oldest: number) => ({ number, oldest });
  it.each([
    [speaks(1, 1), speaks(1, 1), true],
    // The newer one still understands the older.
    [speaks(3, 2), speaks(2, 1), true],
    [speaks(3, 2), speaks(1, 1), false],
    [speaks(9, 9), speaks(8, 1), false],
    [speaks(9, 1), speaks(1, 1), true],
  ])('%o and %o: %s, whoever asks', (a, b, together) => {
    expect([worksWith(a, b), worksWith(b, a)]).toEqual([together, together]);
  });

  it('rise one by one, each understands itself, and the last is this version’s', () => {
    expect(protocols.map(({ number }) => number)).toEqual(protocols.map((_, at) => at + 1));
    expect(protocols.every(({ number, oldest }) => oldest <= number)).toBe(true);
    expect(spokenProtocol).toEqual({ number: protocols.at(-1)?.number, oldest: protocols.at(-1)?.oldest });
    expect(firstProtocol.number).toBe(1);
  });
});

describe('versions', () => {
  it.each([
    ['0.9.0', '0.10.0', -1],
    ['1.0.0', '0.99.99', 1],
    ['1.2.3', '1.2.3', 0],
    ['0.2.0', '0.2.1', -1],
  ])('%s beside %s', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
  });
});
