import { OnlineSetup, onlinePresets } from '@pitwall/protocol/api';
import { describe, expect, it } from 'vitest';
import { fieldsOf, newFields, ruleFields, setupOf } from './setup-form.js';

const now = Date.UTC(2026, 10, 22, 19, 55, 30, 123);
const fields = { ...newFields(now, 'Europe/Berlin'), name: 'Friday Night' };
const before = OnlineSetup.parse({
  kind: 'online',
  name: 'Friday Night',
  opensAt: now,
  closesAt: now + 90_061_007,
  timeZone: 'Asia/Kathmandu',
  track: { id: 'harbour', version: 1 },
  rules: {
    ...onlinePresets['object-avoidance'],
    raceType: { type: 'object-avoidance', boxes: 1, placed: [{ lane: 'inner', percent: 30 }] },
    resets: { perLap: null, where: 'start-line' },
  },
  quota: { submissions: null },
  access: 'invited',
  seed: 7,
});

describe('fields of a race', () => {
  it.each(Object.entries(onlinePresets))('say the preset %s whole', (_name, rules) => {
    expect(setupOf({ ...fields, ...ruleFields(rules) })).toMatchObject({ setup: { rules } });
  });

  it('open now and close in a week, as the zone has it', () => {
    const minute = now - (now % 60_000);
    expect(setupOf(fields)).toMatchObject({
      setup: { opensAt: minute, closesAt: minute + 7 * 86_400_000, timeZone: 'Europe/Berlin', access: 'open' },
    });
  });

  it('that nobody touched change nothing', () => {
    expect(setupOf(fieldsOf(before), before)).toEqual({ setup: before });
  });

  it('move only the date that was touched', () => {
    const closes = '2026-12-01T12:00';
    const after = setupOf({ ...fieldsOf(before), closes }, before);
    expect(after).toEqual({ setup: { ...before, closesAt: Date.UTC(2026, 11, 1, 6, 15) } });
  });

  it('read the close anew in another zone, and leave an opening that has passed', () => {
    const changed = { ...fieldsOf(before), timeZone: 'UTC' };
    const later = 5.75 * 3_600_000;
    const minute = (ms: number) => ms - (ms % 60_000);
    const closesAt = minute(before.closesAt) + later;
    expect(setupOf(changed, before)).toMatchObject({ setup: { opensAt: minute(before.opensAt) + later, closesAt } });
    expect(setupOf(changed, before, true)).toMatchObject({ setup: { opensAt: before.opensAt, closesAt } });
  });

  it('with a zone that is not typed to its end are refused for the zone alone', () => {
    const problems = ['Time zone: must be a time zone such as "Europe/Berlin"'];
    expect(setupOf({ ...fields, timeZone: 'Europe/Ber' })).toEqual({ problems });
    expect(setupOf({ ...fieldsOf(before), timeZone: '' }, before)).toHaveProperty('problems');
  });

  it.each([
    [{ name: ' ' }, 'Name: is missing'],
    [{ closes: fields.opens }, 'Closes: must be after the opening'],
    [{ opens: '' }, 'Opens: is missing, or no number'],
    [{ laps: '' }, 'Laps a start: is missing, or no number'],
    [{ laps: '51' }, 'Laps a start: must be at most 50'],
    [{ quota: '0' }, 'Submissions a racer: must be at least 1'],
    [{ qualifying: '4' }, 'Laps in a row to qualify: '],
    [{ rules: '' }, 'Name of the rules: '],
    [{ offTrack: '-1' }, 'Penalties: '],
  ])('%o is refused by its name', (change, problem) => {
    const outcome = setupOf({ ...fields, ...change });
    expect('problems' in outcome && outcome.problems.join('\n')).toContain(problem);
  });
});
