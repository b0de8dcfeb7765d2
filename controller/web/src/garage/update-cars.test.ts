import type { CarOverview } from '@pitwall/protocol/api';
import type { Release } from '@pitwall/protocol/messages';
import { describe, expect, it } from 'vitest';
import { updateOf } from './update-cars.js';

const release = (version: string, architecture = 'arm64'): Release => ({
  version,
  architecture,
  bytes: 1,
  signature: 'x',
});
const newer = [release('0.10.0'), release('0.9.0'), release('0.11.0', 'x64')];

function car(current: string, staged: string | null = null, status = 'online') {
  const versions = { current, previous: null, staged, staging: null, problem: null };
  return { presence: { status, architecture: 'arm64' }, state: { versions } } as unknown as CarOverview;
}

describe('what a car is updated to', () => {
  it.each([
    ['the newest for its computer', car('0.9.0'), newer, { version: '0.10.0', release: newer[0] }],
    ['what is on board already', car('0.9.0', '0.10.0'), newer, { version: '0.10.0', release: undefined }],
    ['what is newer than what is on board', car('0.8.0', '0.9.0'), newer, { version: '0.10.0', release: newer[0] }],
    ['what is on board and nowhere else', car('0.9.0', '0.12.0'), newer, { version: '0.12.0', release: undefined }],
    ['nothing, where it has the newest', car('0.10.0'), newer, undefined],
    ['nothing, while it is away', car('0.9.0', null, 'lost'), newer, undefined],
    ['nothing, where its agent came from no package', { presence: null, state: null } as CarOverview, newer, undefined],
  ] as const)('is %s', (_, about, releases, update) => {
    expect(updateOf(about, releases)).toEqual(update);
  });
});
