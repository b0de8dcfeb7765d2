import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { anna, ben, car, model, runId, seconds, TestRace } from '../../testing/test-race.js';
import type { Micros, RacerId } from '../brand.js';
import { type LogRecord, RaceReplay, type RaceRulesInput } from '../race/index.js';
import { Language, Moment, Moments, type Records, sentences, timeMoments } from './index.js';

let say: (moment: Moment) => string;
beforeAll(async () => {
  say = await sentences('en');
});

/** As every reader goes through a log: record by record. */
function momentsOf(records: readonly LogRecord[], of?: Records): Moment[] {
  const replay = new RaceReplay();
  const moments = new Moments(of);
  return records.flatMap((record) => {
    replay.append([record]);
    return moments.follow(replay.state);
  });
}

class ToldRace {
  readonly race: TestRace;
  #runs = 0;
  #from = 0;

  constructor(rules: Partial<RaceRulesInput> = {}) {
    this.race = TestRace.open({ plausible: { min: seconds(1), max: seconds(60) }, holdoff: seconds(0.5), ...rules });
    this.#from = this.race.replay.seq;
  }

  /** What a crowd was told since this was asked last. */
  told(of?: Records): string[] {
    const { records } = this.race.replay;
    const [known, all] = [momentsOf(records.slice(0, this.#from), of).length, momentsOf(records, of)];
    this.#from = records.length;
    return all.slice(known).map(say);
  }

  start(racer: RacerId): string {
    this.#runs += 1;
    const id = runId(this.#runs);
    this.race.give({ type: 'call', runId: id, racer });
    this.race.give({ type: 'stage', runId: id, car, model });
    this.race.give({ type: 'ready', runId: id });
    this.race.give({ type: 'start', runId: id });
    this.race.pass(1);
    this.race.cross();
    return id;
  }

  laps(...times: number[]): void {
    for (const time of times) {
      this.race.pass(time);
      this.race.cross();
    }
  }

  end(id: string): void {
    this.race.give({ type: 'finish', runId: id });
    this.race.give({ type: 'confirm', runId: id });
  }
}

describe('a race, told', () => {
  it('from the call to the winner', () => {
    const day = new ToldRace();
    const first = day.start(anna);
    expect(day.told()).toEqual(['anna is called to the track.', 'anna is on the way.']);
    day.laps(10.2, 9.8);
    expect(day.told()).toEqual([
      'anna, lap 1: 10.200. The first lap.',
      'anna, lap 2: 9.800. The fastest lap of the race, by 0.400.',
    ]);
    day.race.pass(8);
    day.race.give({ type: 'incident', runId: first, kind: 'off-track' });
    day.race.give({ type: 'incident', runId: first, kind: 'reset' });
    expect(day.told()).toEqual(['anna is off the track.', 'anna is put back on the track.']);
    day.end(first);
    expect(day.told()).toEqual([
      'anna has finished: 2 laps, the best 9.800, place 1 for now.',
      'Result of anna: 9.800, place 1 of 1.',
    ]);

    const second = day.start(ben);
    day.laps(11, 10.1, 9.9, 9.5);
    expect(day.told().slice(2)).toEqual([
      'ben, lap 1: 11.000. The first lap.',
      'ben moves up to place 2.',
      'ben, lap 2: 10.100. Own best, by 0.900.',
      'ben is 0.300 seconds behind anna.',
      'ben, lap 3: 9.900. Own best, by 0.200.',
      'ben is 0.100 seconds behind anna.',
      'ben, lap 4: 9.500. The fastest lap of the race, by 0.300.',
      'ben takes the lead with 9.500.',
    ]);
    day.end(second);
    day.told();
    day.race.give({ type: 'close' });
    day.race.pass(3600);
    day.race.give({ type: 'declare-official', overrule: 'nobody protests' });
    expect(day.told()).toEqual(['The race is official: ben wins with 9.500.']);
  });

  it('with a record of the track that nobody of this race holds yet', () => {
    const day = new ToldRace();
    day.start(anna);
    day.laps(10.2, 9.8, 9.9, 9.7);
    expect(day.told({ track: seconds(10) }).slice(2)).toEqual([
      'anna, lap 1: 10.200. The first lap.',
      'anna, lap 2: 9.800. A record of the track, by 0.200!',
      'anna, lap 3: 9.900.',
      'anna, lap 4: 9.700. A record of the track, by 0.100!',
    ]);
  });

  it('with a lap that is looked at, and one that somebody let count', () => {
    const day = new ToldRace();
    const id = day.start(anna);
    day.laps(10, 10, 10, 5, 10);
    expect(day.told().slice(2)).toContain('Lap 4 of anna is being looked at.');
    const lap = day.race.replay.run(id)?.laps[3];
    day.race.give({
      type: 'edit-lap',
      runId: id,
      crossing: lap?.crossing as number,
      valid: true,
      reason: 'seen',
    });
    expect(day.told()).toEqual(['anna, lap 4: 5.000. The fastest lap of the race, by 5.000.']);
  });

  it('with who drives next', () => {
    const day = new ToldRace();
    day.race.give({ type: 'queue', racer: ben });
    day.start(anna);
    expect(day.told()).toEqual(['anna is called to the track.', 'anna is on the way.', 'Next: ben.']);
  });

  it('standing and going on', () => {
    const day = new ToldRace();
    const id = day.start(anna);
    day.told();
    day.race.give({ type: 'pause', runId: id });
    day.race.give({ type: 'resume', runId: id });
    expect(day.told()).toEqual(['The run of anna is paused.', 'anna goes on.']);
  });

  it('says how much time is left once each, by the clock', () => {
    const day = new ToldRace({ timeLimit: seconds(40) });
    day.start(anna);
    const { state } = day.race.replay;
    const begins = state.runs[0]?.clock.since?.at as number;
    const said: string[] = [];
    for (let at = begins; at < begins + 41e6; at += 250_000)
      said.push(...timeMoments(state, (at - 250_000) as Micros, at as Micros).map(say));
    expect(said).toEqual(['30 seconds left for anna.', '10 seconds left for anna.']);
  });
});

describe('moments', () => {
  it('are the same however often the log is read, each called once, and whole sentences in every language', async () => {
    const all = await Promise.all(Language.options.map(sentences));
    const times = fc.array(fc.integer({ min: 900, max: 20_000 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(times, times, (one, two) => {
        const day = new ToldRace({ timeLimit: null });
        for (const [racer, laps] of [
          [anna, one],
          [ben, two],
        ] as const) {
          const id = day.start(racer);
          day.laps(...laps.map((ms) => ms / 1000));
          day.race.give({ type: 'finish', runId: id });
          day.race.give({ type: 'confirm', runId: id, withoutDoubtful: true });
        }
        const moments = momentsOf(day.race.replay.records);
        expect(momentsOf(day.race.replay.records)).toEqual(moments);
        expect(new Set(moments.map(({ id }) => id)).size).toBe(moments.length);
        for (const moment of moments) {
          expect(Moment.parse(moment)).toEqual(moment);
          for (const sentence of all) expect(sentence(moment)).toMatch(/^.{5,200}[.!。！]$/u);
        }
      }),
      { numRuns: 30 },
    );
  });
});
