import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gateProfileNames, parseGateProfile, readGateProfile } from './index.js';

const beam = `schema: 1
name: x
description: x
sensor: beam
adapter: { kind: gpiomon, chip: gpiochip0, lines: [17] }
edge: falling
holdoff: 1000000
repeatability: 250
source: x
`;

describe('gate profiles', () => {
  it.each(gateProfileNames())('%s is valid, named after its file, and says where its figure is from', (name) => {
    const profile = readGateProfile(name);
    expect(profile.name).toBe(name);
    expect(profile.description).toMatch(/\.$/);
    expect(profile.source.length).toBeGreaterThan(20);
  });

  it('come for a beam, a pressure strip, a loop, and the wiring of DREM', () => {
    const sensors = gateProfileNames().map((name) => readGateProfile(name).sensor);
    for (const sensor of ['beam', 'pressure', 'loop', 'sound', 'transponder', 'button', 'simulated'])
      expect(sensors).toContain(sensor);
    expect(readGateProfile('drem-wiring').adapter).toMatchObject({ kind: 'gpiomon', lines: [17, 27] });
  });

  it('stand in docs/gates.md as they are', () => {
    const text = readFileSync(new URL('../../docs/gates.md', import.meta.url), 'utf8');
    const rows = [...text.matchAll(/^\| `([a-z-]+)` \|.*\| (none|[\d.]+ ms) \|$/gm)].map(([, name, figure]) => [
      name,
      figure,
    ]);
    const shown = (micros: number) => (micros === 0 ? 'none' : `${micros / 1000} ms`);
    expect(rows).toEqual(gateProfileNames().map((name) => [name, shown(readGateProfile(name).repeatability)]));
  });

  it('fill in what need not be said', () => {
    expect(parseGateProfile(beam, 'x.yaml')).toMatchObject({ stuck: 5_000_000, adapter: { bias: 'as-is' } });
  });

  it.each([
    ['no YAML', () => '{', /is not YAML/],
    ['an unknown key', (text: string) => `${text}colour: red\n`, /colour/],
    ['another version of the schema', (text: string) => text.replace('schema: 1', 'schema: 2'), /schema/],
    ['an adapter of no known kind', (text: string) => text.replace('gpiomon', 'telepathy'), /adapter/],
    ['a line named twice', (text: string) => text.replace('[17]', '[17, 17]'), /once/],
    ['a chip that is a path', (text: string) => text.replace('gpiochip0', '../x'), /chip/],
    ['levels without an edge', (text: string) => text.replace('edge: falling\n', ''), /nose/],
    [
      'an edge without levels',
      (text: string) => text.replace(/adapter: .*/, 'adapter: { kind: drem, url: "ws://x" }'),
      /no levels/,
    ],
    [
      'a URL that is none of a WebSocket',
      (text: string) => text.replace(/adapter: .*/, 'adapter: { kind: drem, url: "http://x" }'),
      /url/,
    ],
    [
      'a sensor that repeats exactly',
      (text: string) => text.replace('repeatability: 250', 'repeatability: 0'),
      /measure it/,
    ],
    [
      'a simulated adapter with a real sensor',
      (text: string) => text.replace(/adapter: .*\nedge.*/, 'adapter: { kind: simulated }'),
      /go together/,
    ],
    [
      'a button on a line that is not there',
      (text: string) => `${text}stop: { sensors: [1], pressed: rising }\n`,
      /0 to 0/,
    ],
    ['a button without the level of its press', (text: string) => `${text}stop: { sensors: [0] }\n`, /pressed/],
    [
      'a press of what gives no levels',
      (text: string) =>
        text.replace(
          /adapter: .*\nedge.*/,
          'adapter: { kind: evdev, device: /dev/input/event0, key: 48 }\nstop: { sensors: [0], pressed: rising }',
        ),
      /no levels/,
    ],
    ['a hold-off of no length', (text: string) => text.replace('holdoff: 1000000', 'holdoff: 0'), /holdoff/],
  ])('refuse %s', (_, change, message) => {
    expect(() => parseGateProfile(change(beam), 'x.yaml')).toThrow(message);
  });

  it('name what there is when asked for one that is not', () => {
    expect(() => readGateProfile('nonesuch')).toThrow(/beam-gpiomon/);
    expect(() => readGateProfile('./nonesuch.yaml')).toThrow(expect.objectContaining({ code: 'not-found' }));
  });
});
