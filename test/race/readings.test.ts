import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OutsideBroker } from '../race-faults/outside-broker.js';
import { Line } from './line.js';
import { elsewhere, rows } from './reading-rows.js';
import { TrackDay } from './track-day.js';

const docs = readFileSync(new URL('../../docs/races.md', import.meta.url), 'utf8');

it('is every row of docs/races.md, but for those that are shown elsewhere', () => {
  const inDocs = ['At the line', 'Laps', 'Around a run'].flatMap((heading) => {
    const [own = ''] = (docs.split(`\n### ${heading}\n`)[1] ?? '').split(/\n##+ /);
    return [...own.matchAll(/^\| `([^`]+)` \|/gm)].map(([, row]) => row);
  });
  expect([...Object.keys(rows), ...Object.keys(elsewhere)].sort()).toEqual(inDocs.sort());
  for (const file of Object.values(elsewhere)) readFileSync(new URL(`../../${file}`, import.meta.url));
});

describe('a row of docs/races.md, through a real controller and gates over MQTT', () => {
  const broker = new OutsideBroker();
  let day: TrackDay;
  const lines = new Map<string, Line>();

  beforeAll(async () => {
    await broker.start();
    day = await TrackDay.open(broker.url);
    // All of them at once: each wants some seconds of its own.
    for (const [row, where] of Object.entries(rows)) {
      const line = new Line(day, row, where);
      lines.set(row, line);
      await line.begin();
    }
  }, 120_000);
  afterAll(async () => {
    for (const line of lines.values()) await line.end();
    await day?.close();
    await broker.kill();
  }, 60_000);

  it.concurrent.each(Object.entries(rows))('%s', async (row, { happens }) => {
    await happens(lines.get(row) as Line);
  });
});
