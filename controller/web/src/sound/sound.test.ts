import type { Moment } from '@pitwall/protocol/show';
import { describe, expect, it } from 'vitest';
import { Beeper } from './beeper.js';
import { categoryOf, variablesOf } from './callout.js';
import { fill, isOn, readSettings, unknownIn } from './settings.js';
import { Speaker, type Speech, type Utterance } from './speaker.js';
import { StartBeeps } from './start-beeps.js';

const about = { id: 'one', runId: '00000000-0000-7000-8000-000000000001', racer: 'ben', alias: 'Ben' };
const lap = { kind: 'lap', ...about, lap: 3, time: 9_800_000, first: false, best: 'race', by: 400_000 } as Moment;
const gap = { kind: 'gap', ...about, ahead: 'Anna', gap: 300_000 } as Moment;

describe('what is said', () => {
  it.each([
    ['', lap, 'Ben did it.'],
    ['{racer}: {time}', lap, 'Ben: 9.800'],
    ['Lap {lap}, {gap} better', lap, 'Lap 3, 0.400 better'],
    ['{racer} {gap}', gap, 'Ben 0.300'],
    ['{place}{text}', gap, 'Ben did it.'],
  ])('by the template "%s"', (template, moment, said) => {
    expect(fill(template, variablesOf(moment, 'Ben did it.'))).toBe(said);
  });

  it('names what a template may not name', () => {
    expect(unknownIn('{racer} {text}')).toBeNull();
    expect(unknownIn('{racer} {speed}')).toBe('speed');
    expect(unknownIn('{}')).toBe('');
  });

  it('is sorted: an ordinary lap is another matter than a best one', () => {
    expect(categoryOf(lap)).toBe('bests');
    expect(categoryOf({ ...lap, best: null, by: null } as Moment)).toBe('laps');
    expect(categoryOf(gap)).toBe('places');
  });

  it.each([null, 'nonsense', '[]', '{"volume":"loud","templates":{"laps":"{speed}"},"categories":{"laps":"no"}}'])(
    'is as at first where what was kept is %s',
    (kept) => {
      const settings = readSettings(kept);
      expect(settings).toMatchObject({ voice: false, tones: false, volume: 0.8 });
      expect(isOn(settings, 'calls')).toBe(true);
      expect(isOn(settings, 'sectors')).toBe(false);
      expect(settings.templates.laps ?? '').toBe('');
    },
  );
});

/**
 * As the Web Speech API has it (draft of WICG, 4.2): one queue for all, `cancel` removes everything and ends what is spoken with an
 * error, and a page that nobody has touched is refused (`not-allowed`).
 */
class StandInSpeech implements Speech {
  readonly spoken: string[] = [];
  allowed = true;
  #queue: Utterance[] = [];

  speak(utterance: Utterance): void {
    this.#queue.push(utterance);
    if (this.#queue.length === 1) this.#begin();
  }

  cancel(): void {
    const [speaking, ...waiting] = this.#queue;
    this.#queue = [];
    speaking?.onerror?.({ error: 'interrupted' });
    for (const one of waiting) one.onerror?.({ error: 'canceled' });
  }

  end(): void {
    const done = this.#queue.shift();
    const isNext = this.#queue.length > 0;
    done?.onend?.();
    if (isNext) this.#begin();
  }

  #begin(): void {
    const [first] = this.#queue;
    if (first === undefined) return;
    if (!this.allowed) {
      this.#queue.shift();
      first.onerror?.({ error: 'not-allowed' });
      return;
    }
    this.spoken.push(`${first.lang} ${first.volume}: ${first.text}`);
    first.onstart?.();
  }
}

function speaking() {
  let now = 0;
  let timers: { act: () => void; at: number }[] = [];
  const speech = new StandInSpeech();
  const speaker = new Speaker({
    speech,
    utterance: (text) => ({ text, lang: '', volume: 1, onstart: null, onend: null, onerror: null }),
    language: 'de',
    now: () => now,
    setTimer: (act, ms) => {
      const timer = { act, at: now + ms };
      timers.push(timer);
      return timer;
    },
    clearTimer: (timer) => {
      timers = timers.filter((one) => one !== timer);
    },
  });
  const pass = (ms: number) => {
    now += ms;
    for (const { act } of timers.filter(({ at }) => at <= now)) act();
  };
  return { speech, speaker, pass };
}

describe('a voice', () => {
  it('says one after another, in the language and volume of the device', () => {
    const { speech, speaker } = speaking();
    speaker.volume = 0.5;
    speaker.say('eins', 0);
    speaker.say('zwei', 0);
    expect(speech.spoken).toEqual(['de 0.5: eins']);
    speech.end();
    expect(speech.spoken).toEqual(['de 0.5: eins', 'de 0.5: zwei']);
  });

  it('says what is urgent first, leaves out the least urgent of too many, and nothing that is old', () => {
    const { speech, speaker, pass } = speaking();
    for (const [text, urgency] of [
      ['speaks', 0],
      ['lap 1', 0],
      ['lap 2', 0],
      ['lap 3', 0],
      ['result', 2],
      ['to the pit', 3],
    ] as const)
      speaker.say(text, urgency);
    speech.end();
    speech.end();
    speech.end();
    expect(speech.spoken.map((line) => line.slice(6))).toEqual(['speaks', 'to the pit', 'result', 'lap 1']);
    pass(8001);
    speech.end();
    expect(speech.spoken).toHaveLength(4);
  });

  it('is silent where the browser does not let it speak, says so, and goes on when it may', () => {
    const { speech, speaker } = speaking();
    let told = 0;
    speaker.onBlocked(() => {
      told += 1;
    });
    speech.allowed = false;
    speaker.say('one', 1);
    expect([speaker.blocked(), told, speech.spoken]).toEqual([true, 1, []]);
    speech.allowed = true;
    speaker.say('two', 1);
    expect([speaker.blocked(), told]).toEqual([false, 2]);
    expect(speech.spoken).toHaveLength(1);
  });

  it('goes on after a sentence that the browser has forgotten, and is quiet at once when told so', () => {
    const { speech, speaker, pass } = speaking();
    speaker.say('forgotten', 1);
    pass(20_000);
    speaker.say('next', 1);
    expect(speech.spoken).toHaveLength(2);
    speaker.say('never', 1);
    speaker.hush();
    speaker.say('after', 1);
    expect(speech.spoken.map((line) => line.slice(6))).toEqual(['forgotten', 'next', 'after']);
  });
});

describe('the beeps of a start', () => {
  const ends = { bootId: 'boot', at: 100_000_000 } as never;
  const at = (seconds: number) => ({ bootId: 'boot', at: seconds * 1e6 }) as never;

  it('are handed over at least 300 ms before they are due, each once', () => {
    const start = new StartBeeps();
    const handed: number[][] = [];
    for (let now = 95; now <= 101; now += 0.1)
      for (const { at: due } of start.due(ends, at(Math.round(now * 10) / 10), 100_000).beeps)
        handed.push([due / 1e6, Math.round((due / 1e6 - now) * 1000)]);
    expect(handed.map(([due]) => due)).toEqual([97, 98, 99, 100]);
    for (const [, ahead] of handed) {
      expect(ahead).toBeGreaterThanOrEqual(299);
      expect(ahead).toBeLessThanOrEqual(401);
    }
  });

  it('are heard at one moment on devices whose clocks show quite other times', () => {
    // The moment of the server, ms, at which each device lets the loudspeaker sound.
    const heardBy = (pageOffset: number, audioOffset: number, latency: number): number[] => {
      let server = 95_000;
      const heard: number[] = [];
      const page = () => server + pageOffset;
      const context = {
        state: 'running',
        get currentTime() {
          return (server + audioOffset) / 1000;
        },
        // What is at the loudspeaker was put in `latency` before.
        getOutputTimestamp: () => ({ contextTime: (server + audioOffset - latency) / 1000, performanceTime: page() }),
        destination: {},
        createGain: () => ({
          gain: { setValueAtTime() {}, linearRampToValueAtTime() {} },
          connect: (to: unknown) => to,
        }),
        createOscillator: () => ({
          frequency: {},
          connect: (to: unknown) => to,
          start: (when: number) => heard.push(Math.round(when * 1000 - audioOffset + latency)),
          stop() {},
        }),
        resume: async () => {},
      };
      const beeper = new Beeper(() => context as never, page);
      beeper.allow();
      const start = new StartBeeps();
      for (; server <= 101_000; server += 100) {
        const local = page();
        for (const { at: due, tone } of start.due(ends, { bootId: 'boot', at: server * 1000 } as never, 100_000).beeps)
          beeper.play(tone, local + (due / 1000 - server));
      }
      return heard;
    };
    const wanted = [97_000, 98_000, 99_000, 100_000];
    expect(heardBy(5_000_000, -90_000, 20)).toEqual(wanted);
    expect(heardBy(-40_000, 1234, 250)).toEqual(wanted);
  });

  it('are called off with the countdown, and none is made up by a page that comes late', () => {
    const start = new StartBeeps();
    expect(start.due(ends, at(98.8), 100_000).beeps.map(({ at: due }) => due / 1e6)).toEqual([99]);
    expect(start.due(null, at(98.9), 100_000)).toEqual({ beeps: [], calledOff: true });
    expect(start.due(null, at(99), 100_000).calledOff).toBe(false);
    expect(new StartBeeps().due(ends, { bootId: 'other', at: 1 } as never, 100_000).beeps).toEqual([]);
  });
});
