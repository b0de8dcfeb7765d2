import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { observationSize, Random, type Setpoint, World } from '@pitwall/agent/simulator';
import type { Action, Policy } from '@pitwall/protocol/policy';
import type { Track } from '@pitwall/protocol/track';
import { course, demoCourse, randomCourse, trainingCourses } from './courses.js';
import { type Conditions, Ride, randomStart } from './ride.js';
import { target } from './target.js';
import { Teacher } from './teacher.js';

export interface GatherOptions {
  /** Where `frames.u8` and `targets.f32` grow. */
  readonly folder: string;
  readonly actions: readonly Pick<Action, 'steeringDeg' | 'speedMps'>[];
  readonly frames: number;
  readonly seed: number;
  /** Who drives: the teacher alone, or the policy in this share of the time. */
  readonly policy?: { readonly policy: Policy; readonly share: number };
}

const framesPerRide = 180;
/** Further off than this from the centre line, or this far turned away, nothing more is to be learned. */
const lostM = 0.55;
const lostRad = 1.4;

/** Drives rides under changing conditions, and notes for every 15th of a second what the camera saw and the teacher would do. */
export async function gather(options: GatherOptions): Promise<void> {
  const { folder, actions, seed } = options;
  let left = options.frames;
  for (let ride = 0; left > 0; ride++) {
    const random = new Random(seed * 100_003 + ride);
    const frames: Uint8Array[] = [];
    const targets: Float32Array[] = [];
    const note = (camera: Uint8Array, wanted: Setpoint) => {
      frames.push(camera);
      targets.push(target(actions, wanted));
    };
    await drive(random, Math.min(left, framesPerRide), note, options);
    appendFileSync(join(folder, 'frames.u8'), Buffer.concat(frames));
    appendFileSync(join(folder, 'targets.f32'), Buffer.concat(targets.map((values) => Buffer.from(values.buffer))));
    left -= frames.length;
  }
}

async function drive(
  random: Random,
  count: number,
  note: (camera: Uint8Array, wanted: Setpoint) => void,
  { policy }: GatherOptions,
): Promise<void> {
  const track = anyTrack(random);
  const look = random.next() < 0.2 ? 0 : random.below(0x7fffffff);
  const world = new World({ track, seed: look });
  const ride = new Ride(world, anyConditions(random), random);
  const teacher = new Teacher(track);
  const every = Math.round(ride.conditions.framesPerSecond / 15);
  const restart = () => ride.place(randomStart(track, random, 0.22, 25));
  restart();
  let [noted, byPolicy, push, pushedUntil] = [0, false, 0, 0];
  for (let frame = 0; noted < count; frame++) {
    const wanted = teacher.decide(world);
    const isNoted = frame % every === 0;
    const camera = new Uint8Array(observationSize.width * observationSize.height);
    world.renderGrey(camera);
    if (isNoted) {
      note(camera, wanted);
      noted += 1;
    }
    if (frame % ride.conditions.framesPerSecond === 0) byPolicy = policy !== undefined && random.next() < policy.share;
    // Now and then the wheel is pulled to a side for a moment, so that there is something to recover from.
    if (ride.seconds > pushedUntil + 1.5 && random.next() < 0.1) {
      push = random.between(-28, 28);
      pushedUntil = ride.seconds + random.between(0.15, byPolicy ? 0.3 : 0.55);
    }
    const chosen = byPolicy && policy !== undefined ? (await policy.policy.decide({ camera })).action : wanted;
    const pushed = ride.seconds < pushedUntil ? push : 0;
    ride.frame({ steeringDeg: chosen.steeringDeg + pushed, speedMps: chosen.speedMps });
    if (isLost(world)) restart();
  }
}

function isLost(world: World): boolean {
  const { x, y, yaw } = world.pose();
  const { along, offset } = world.track.locate(x, y);
  const turned = yaw - world.track.at(along).heading;
  return Math.abs(offset) > lostM || Math.abs(turned - 2 * Math.PI * Math.round(turned / (2 * Math.PI))) > lostRad;
}

/** The demo's track in a seventh of the rides, any known one in a third, one drawn at random in the rest. */
function anyTrack(random: Random): Track {
  const kind = random.next();
  const track =
    kind < 0.15
      ? course(demoCourse)
      : kind < 0.45
        ? course(trainingCourses[random.below(trainingCourses.length)] as string)
        : randomCourse(random);
  return random.next() < 0.5 ? track : track.reversed();
}

/** Up to two frames' delay at 15 frames/s, a car that pulls to a side or runs too fast. */
function anyConditions(random: Random): Conditions {
  const framesPerSecond = random.next() < 0.5 ? 15 : 30;
  const least = random.between(0, 0.06);
  return {
    framesPerSecond,
    delayS: [least, least + random.between(0, 0.07)],
    steeringGain: random.between(0.85, 1.15),
    steeringOffsetDeg: random.between(-2, 2),
    speedGain: random.between(0.85, 1.1),
  };
}
