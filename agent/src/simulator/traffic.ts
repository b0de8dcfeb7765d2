import type { RaceRules } from '@pitwall/protocol/race';
import type { Lane, Track } from '@pitwall/protocol/track';
import type { Pose } from './car.js';
import { botMeasures, boxMeasures, type Obstacle } from './obstacle.js';
import type { Random } from './random.js';

export type RaceType = RaceRules['raceType'];

/** Boxes stand at least this far apart along the track, and from the start line. */
const boxGapM = 1.2;
/** A bot changes lanes over this distance, and waits this far behind a car in its way. */
const laneChangeM = 0.8;
const followM = 0.6;

interface Bot {
  along: number;
  lane: Lane;
  /** Signed offset from the centre line; on its way to the lane's. */
  offset: number;
  /** Seconds until the next change of lanes. */
  untilChange: number;
}

/** What else is on the track: the boxes or bots of a race type. Seeded; a time trial has none. */
export class Traffic {
  readonly #track: Track;
  readonly #raceType: RaceType;
  #random: Random | undefined;
  #boxes: readonly Obstacle[] = [];
  #bots: Bot[] = [];
  #obstacles: readonly Obstacle[] = [];

  constructor(track: Track, raceType: RaceType) {
    this.#track = track;
    this.#raceType = raceType;
  }

  get obstacles(): readonly Obstacle[] {
    return this.#obstacles;
  }

  /** Sets everything up for a trial. */
  begin(random: Random): void {
    this.#random = random;
    const type = this.#raceType;
    this.#boxes = type.type === 'object-avoidance' ? this.#placeBoxes(type, random) : [];
    this.#bots = type.type === 'head-to-bot' ? this.#placeBots(type, random) : [];
    this.#gather();
  }

  /** Bots drive on; they wait behind the car instead of running into it. */
  advance(seconds: number, car: Pose): void {
    const type = this.#raceType;
    if (type.type !== 'head-to-bot' || this.#random === undefined) return;
    const { lengthM } = this.#track;
    const ahead = this.#track.locate(car.x, car.y);
    for (const bot of this.#bots) {
      const gap = (((ahead.along - bot.along) % lengthM) + lengthM) % lengthM;
      const inTheWay = gap < followM && Math.abs(ahead.offset - bot.offset) < botMeasures.widthM * 1.5;
      const step = inTheWay ? 0 : type.speedMps * seconds;
      bot.along = (bot.along + step) % lengthM;
      if (type.laneChange !== null) {
        bot.untilChange -= seconds;
        if (bot.untilChange <= 0) {
          bot.lane = bot.lane === 'inner' ? 'outer' : 'inner';
          bot.untilChange = this.#random.between(type.laneChange.min, type.laneChange.max);
        }
      }
      const target = this.#track.laneOffset(bot.lane);
      const most = (step / laneChangeM) * (this.#track.widthM / 2);
      bot.offset += Math.max(-most, Math.min(most, target - bot.offset));
    }
    this.#gather();
  }

  #placeBoxes(type: Extract<RaceType, { type: 'object-avoidance' }>, random: Random): Obstacle[] {
    const { lengthM } = this.#track;
    const places = type.placed.map(({ lane, percent }) => ({ lane, along: (percent / 100) * lengthM }));
    // Random boxes share what is left of the lap evenly, each somewhere in its own part.
    const rest = Math.max(0, type.boxes - places.length);
    const room = (lengthM - 2 * boxGapM) / Math.max(1, rest);
    for (let i = 0; i < rest; i++) {
      const lane: Lane = random.next() < 0.5 ? 'inner' : 'outer';
      places.push({ lane, along: boxGapM + room * i + random.between(0, Math.max(0, room - boxGapM)) + boxGapM / 2 });
    }
    return places.map(({ lane, along }) => {
      const { x, y, heading } = this.#track.beside(along, this.#track.laneOffset(lane));
      return { kind: 'box', x, y, yaw: heading, ...boxMeasures };
    });
  }

  #placeBots(type: Extract<RaceType, { type: 'head-to-bot' }>, random: Random): Bot[] {
    const { lengthM } = this.#track;
    return Array.from({ length: type.bots }, (_, i): Bot => {
      const lane: Lane = random.next() < 0.5 ? 'inner' : 'outer';
      const untilChange = type.laneChange === null ? 0 : random.between(type.laneChange.min, type.laneChange.max);
      const along = ((i + 1) / (type.bots + 1)) * lengthM + random.between(-0.3, 0.3);
      return { along, lane, offset: this.#track.laneOffset(lane), untilChange };
    });
  }

  #gather(): void {
    const bots = this.#bots.map(({ along, offset }): Obstacle => {
      const { x, y, heading } = this.#track.beside(along, offset);
      return { kind: 'bot', x, y, yaw: heading, ...botMeasures };
    });
    this.#obstacles = bots.length === 0 ? this.#boxes : bots;
  }
}
