import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { lapTime } from '@pitwall/protocol/ranking';
import { Command } from 'commander';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { freshDatabase } from '../../../testing/databases.js';
import { DeskWorld, race } from '../../../testing/desk-world.js';
import { type Service, startService } from '../../../testing/leaderboard-service.js';
import { addRace } from '../../commands/race.js';

let folder: string;
let world: DeskWorld;
let service: Service;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pitwall-same-time-'));
  world = await new DeskWorld({ source: 'hall' }, join(folder, 'pitwall.db')).start();
  service = await startService(await freshDatabase('sqlite'));
});
afterEach(async () => {
  await world.stop();
  await service.close();
});

async function command(...args: string[]): Promise<string> {
  const said: string[] = [];
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line)),
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0),
  ];
  try {
    const program = new Command().exitOverride();
    addRace(program);
    await program.parseAsync(['race', ...args, '--data', folder], { from: 'user' });
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return said.join('');
}

/** A race of one run with these laps, µs, confirmed; answers its board's path. */
async function raced(laps: readonly number[]): Promise<string> {
  await world.openRace({ rules: { name: 'test', start: 'key', timeLimit: null } });
  const runId = await world.startRun();
  await world.laps(...laps.map((micros) => micros / 1e6));
  await world.give({ type: 'finish', runId });
  await world.give({ type: 'confirm', runId, withoutDoubtful: true });
  const board = await service.board();
  const { body } = await service.call('POST', `${board}/results`, world.results[0], 'source');
  expect(body).toMatchObject({ outcome: 'accepted' });
  return board;
}

/** What the page for frames puts into its cells. */
async function embedded(board: string): Promise<string[]> {
  const page = await service.app.inject(`/embed/leaderboards/${board.split('/').at(-1)}`);
  const script = /<script>([\s\S]*)<\/script>/.exec(page.body)?.[1] ?? '';
  const cells: { textContent: string }[] = [];
  const element = () => ({
    dataset: { base: board },
    append: () => undefined,
    replaceChildren: () => undefined,
    insertRow: () => ({ insertCell: () => cells[cells.push({ textContent: '' }) - 1] }),
  });
  const shown = new Promise<void>((resolve) => {
    const box = { ...element(), replaceChildren: () => resolve() };
    runInNewContext(script, {
      document: {
        body: element(),
        getElementById: () => box,
        querySelector: element,
        createElement: element,
      },
      fetch: async (url: string) => {
        const { body } = await service.app.inject(url);
        return { json: async () => JSON.parse(body) };
      },
      EventSource: class {
        addEventListener() {}
      },
      setTimeout,
    });
  });
  await shown;
  return cells.map(({ textContent }) => textContent);
}

it('a lap of 11,520,537 µs is 11.520 on board, sheet, frame, in both exports, and on the command line', async () => {
  const board = await raced([11_520_537]);
  const { body } = await service.call('GET', `${board}/standings`);
  expect(body.physical).toMatchObject([{ scoreText: '11.520', bestLapText: '11.520', score: 11_520_537 }]);
  const { body: changes } = await service.call('GET', `${board}/changes`);
  // What webhooks are sent.
  expect(changes.changes).toMatchObject([{ row: { scoreText: '11.520' } }]);
  expect(await embedded(board)).toContain('11.520');
  expect((await service.app.inject(`${board}/export/csv`)).body).toMatch(/,11\.520,11\.520,\r\n$/);
  expect((await service.app.inject(`${board}/export/json`)).json()).toMatchObject([{ scoreText: '11.520' }]);

  expect(await command('show', race)).toMatch(/^1 {2}anna {2}11\.520$/m);
  expect(await command('show', race)).toContain('best 11.520');
  expect(await command('export', race, '--format', 'csv')).toMatch(/,11520537,.*,11\.520\r\n$/);
  const html = await command('sheet', race, '--format', 'html');
  expect(html.match(/<td>11\.520<\/td>/g)).toHaveLength(3);
  expect(html).not.toContain('11.521');
  expect(JSON.parse(await command('sheet', race)).sheet).toMatchObject({
    standings: [{ scoreText: '11.520', bestLapText: '11.520' }],
    runs: [{ scoreText: '11.520', laps: [{ time: 11_520_537, timeText: '11.520' }] }],
  });
});

it('any lap has one text on sheet, export and board', async () => {
  const laps = fc.sample(fc.integer({ min: 3_000_001, max: 119_999_999 }), { numRuns: 60, seed: 7 });
  const board = await raced(laps);
  const html = await command('sheet', race, '--format', 'html');
  const { sheet } = JSON.parse(await command('sheet', race));
  const csv = (await command('export', race, '--format', 'csv')).trim().split('\r\n').slice(1);
  for (const [index, { time, timeText }] of sheet.runs[0].laps.entries()) {
    expect(Math.abs(time - (laps[index] as number))).toBeLessThanOrEqual(1);
    expect(timeText).toBe(lapTime(time));
    expect(html).toContain(`<td>${index + 1}</td><td>${timeText}</td>`);
    expect(csv[index]?.split(',').at(-1)).toBe(timeText);
  }
  const { body } = await service.call('GET', `${board}/standings`);
  expect(body.physical[0].scoreText).toBe(sheet.standings[0].scoreText);
  expect(html).toContain(`<td>${body.physical[0].scoreText}</td>`);
});
