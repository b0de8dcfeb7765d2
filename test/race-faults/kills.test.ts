import { expect, it } from 'vitest';
import { raceUnderKills } from './kills.js';

/** `npm run soak -- kills` kills more often, at other moments. */
const soaked = process.env.PITWALL_SEQUENCES;
const kills = Number(soaked ?? 5);
const seed = soaked === undefined ? 1 : Date.now() % 2 ** 31;

it(`loses no crossing, no acknowledged command and no lap to ${kills} kills at random moments`, {
  timeout: 400_000,
}, async () => {
  const outcome = await raceUnderKills(kills, seed);
  expect(outcome, `seed ${seed}`).toMatchObject({ kills, lost: 0, doubled: 0, wrong: 0, forgotten: 0, verified: true });
  expect(outcome.crossings).toBeGreaterThan(10 * kills);
});
