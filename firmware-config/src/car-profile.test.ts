import { describe, expect, it } from 'vitest';
import { carProfileNames, parseCarProfile, readCarProfile } from './index.js';

const simulated = (change: (text: string) => string) =>
  change(`schema: 1
name: x
description: x
calibrated: true
drivetrain: { kind: simulated, degrees: 30, speed: 4 }
mapping: { kind: stock }
camera: { kind: simulated, rate: 15 }
`);

describe('car profiles', () => {
  it.each(carProfileNames())('%s is valid and named after its file', (name) => {
    expect(readCarProfile(name).name).toBe(name);
  });

  it('fills in what a profile need not say', () => {
    const profile = parseCarProfile(
      simulated((text) => text),
      'x.yaml',
    );
    expect(profile).toMatchObject({ yellow: 50, rest: 500, motion: { crash: 'mark', lifted: 'mark', rolled: 'mark' } });
  });

  it.each([
    ['no YAML', () => '{', /is not YAML/],
    ['an unknown key', (text: string) => `${text}colour: red\n`, /colour/],
    ['another version of the schema', (text: string) => text.replace('schema: 1', 'schema: 2'), /schema/],
    [
      'a drivetrain of no known kind',
      (text: string) => text.replace('kind: simulated, degrees', 'kind: rc, degrees'),
      /drivetrain/,
    ],
  ])('refuses %s', (_, change, message) => {
    expect(() => parseCarProfile(simulated(change), 'x.yaml')).toThrow(message);
  });

  it('names what it has when asked for one it has not', () => {
    expect(() => readCarProfile('nope')).toThrow(/simulated/);
  });
});
