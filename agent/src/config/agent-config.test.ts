import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { reasons } from '../driving/index.js';
import { readAgentConfig } from './agent-config.js';

const folder = mkdtempSync(join(tmpdir(), 'pitwall-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (text: string) => {
  const path = join(folder, 'agent.yaml');
  writeFileSync(path, text);
  return path;
};
const guide = readFileSync(new URL('../../../docs/driving.md', import.meta.url), 'utf8');

describe('the agent’s configuration', () => {
  it('is read from a file, then the environment, then flags', () => {
    const config = readAgentConfig(
      file('car: car-1\nprofile: simulated\ndriving: { limit: 15, scale: 60 }\n'),
      { PITWALL_AGENT_DRIVING_SCALE: '70', PITWALL_AGENT_CAR: 'car-2', PITWALL_AGENT_CONTROLS_KEYBOARD: 'true' },
      { car: 'car-3' },
    );
    expect(config).toMatchObject({ car: 'car-3', driving: { limit: 15, scale: 70, smoothing: 0 } });
    expect(config.controls.keyboard).toBe(true);
  });

  it.each([
    ['no car', 'profile: simulated'],
    ['a car with a wildcard', 'car: "+"\nprofile: simulated'],
    ['a key that nobody knows', 'car: a\nprofile: simulated\nspeed: 3'],
    ['a broker that is no MQTT', 'car: a\nprofile: simulated\nlink: { url: "http://x", passwordfile: y }'],
    ['a scale beyond 100', 'car: a\nprofile: simulated\ndriving: { scale: 101 }'],
    ['a limit slower than a setpoint holds', 'car: a\nprofile: simulated\ndriving: { limit: 5 }'],
    ['a metrics port that is none', 'car: a\nprofile: simulated\nmetrics: { port: 0 }'],
    ['no YAML', '{'],
  ])('is refused with %s', (_, text) => {
    expect(() => readAgentConfig(file(text), {}, {})).toThrow(expect.objectContaining({ code: 'config-invalid' }));
  });

  it('is invalid where its file cannot be read', () => {
    expect(() => readAgentConfig('/nowhere.yaml', {}, {})).toThrow(expect.objectContaining({ code: 'config-invalid' }));
  });
});

describe('docs/driving.md', () => {
  it('has a configuration that works', () => {
    const example = guide.match(/```yaml\n([\s\S]*?)```/)![1]!;
    expect(readAgentConfig(file(example), {}, {})).toMatchObject({ car: parse(example).car, link: { after: 1000 } });
  });

  it('lists every reason, and who ends it', () => {
    const rows = [...guide.matchAll(/^\| `([a-z-]+)` \| .* \| (staff|one command)/gm)].map(([, name, clears]) => [
      name,
      clears === 'staff' ? 'staff' : 'resume',
    ]);
    expect(rows).toEqual(Object.entries(reasons).map(([name, { clears }]) => [name, clears]));
  });
});
