import { expect, it } from 'vitest';
import { raceUnderKills } from './kills.js';

it('loses no crossing, no acknowledged command and no lap to 20 kills at random moments', {
  timeout: 400_000,
}, async () => {
  const outcome = await raceUnderKills(20, 1);
  expect(outcome).toMatchObject({ kills: 20, lost: 0, doubled: 0, wrong: 0, forgotten: 0, verified: true });
  expect(outcome.crossings).toBeGreaterThan(200);
});
