import type { Track } from '@pitwall/protocol/track';
import { Camera, cameraMount, type Eye } from './camera.js';
import type { Pose } from './car.js';
import { type Ground, type Paint, paintGround, type Room, roomOf } from './ground.js';
import { type Colour, greyOf, type Look, lookOf } from './look.js';

/** What the network sees. */
export const observationSize = { width: 160, height: 120 } as const;
/** What people see. */
export const pictureSize = { width: 640, height: 480 } as const;

/** A track's room, painted and lit, and the cameras that see it. */
export class Scene {
  readonly room: Room;
  readonly #track: Track;
  readonly #look: Look;
  readonly #camera = new Camera(observationSize.width, observationSize.height);
  readonly #paint: Paint;
  readonly #ground: Ground;
  #picture: { camera: Camera; channels: readonly { paint: Paint; ground: Ground }[] } | undefined;

  constructor(track: Track, lookSeed: number) {
    this.#track = track;
    this.room = roomOf(track);
    this.#look = lookOf(lookSeed);
    this.#paint = paintOf(this.#look, greyOf);
    this.#ground = paintGround(track, this.room, this.#look, this.#paint);
  }

  /** 160×120 grey, row by row, into `target`. */
  renderGrey(pose: Pose, target: Uint8Array): void {
    this.#camera.render(eyeOf(pose), this.room, this.#ground, this.#paint, target);
  }

  /** 640×480 red, green, blue, interleaved, into `target`. The coloured floor is painted when first asked for. */
  renderColour(pose: Pose, target: Uint8Array): void {
    this.#picture ??= {
      camera: new Camera(pictureSize.width, pictureSize.height),
      channels: [0, 1, 2].map((channel) => {
        const paint = paintOf(this.#look, (colour) => colour[channel] as number);
        return { paint, ground: paintGround(this.#track, this.room, this.#look, paint) };
      }),
    };
    const { camera, channels } = this.#picture;
    channels.forEach(({ paint, ground }, channel) => {
      camera.render(eyeOf(pose), this.room, ground, paint, target, channel, 3);
    });
  }
}

function eyeOf({ x, y, yaw }: Pose): Eye {
  return { x: x + cameraMount.forwardM * Math.cos(yaw), y: y + cameraMount.forwardM * Math.sin(yaw), yaw };
}

function paintOf(look: Look, value: (colour: Colour) => number): Paint {
  const [south, east, north, west] = look.walls;
  return {
    road: value(look.road),
    border: value(look.border),
    dash: value(look.dash),
    field: value(look.field),
    walls: [Math.round(value(south)), Math.round(value(east)), Math.round(value(north)), Math.round(value(west))],
    sky: Math.round(value(look.sky)),
  };
}
