import type { Track } from '@pitwall/protocol/track';
import type { Pose } from '../car.js';
import type { Obstacle } from '../obstacle.js';
import { type Appearance, appearanceOf, type Colour, greyOf } from './appearance.js';
import { Camera, cameraMount, type Viewpoint } from './camera.js';
import { type Ground, type Paint, paintGround, type Room, roomOf } from './ground.js';
import { drawSolids, type SolidPaint } from './solids.js';

/** What the network sees. */
export const observationSize = { width: 160, height: 120 } as const;
/** Half the distance of the stereo cameras' lenses. */
const halfBaseM = 0.03;

/** What people see. */
export const pictureSize = { width: 640, height: 480 } as const;

/** The observation's row above which there is no floor, with the camera as mounted or tilted further down. */
export const horizonRow = (tiltRad = 0): number =>
  new Camera(observationSize.width, observationSize.height, tiltRad).horizonRow;

/** A track's room, painted and lit, and the cameras that see it. */
export class Scene {
  readonly room: Room;
  readonly #track: Track;
  readonly #appearance: Appearance;
  readonly #camera: Camera;
  readonly #lookSeed: number;
  readonly #tiltRad: number;
  readonly #grey: Channel;
  #picture: { camera: Camera; channels: readonly Channel[] } | undefined;

  /**
   * @param tiltRad how much further down the camera looks than it is mounted
   * @param painted the same place, where it is painted already
   */
  constructor(track: Track, lookSeed: number, tiltRad = 0, painted?: Scene) {
    this.#track = track;
    this.#lookSeed = lookSeed;
    this.#tiltRad = tiltRad;
    this.#camera = new Camera(observationSize.width, observationSize.height, tiltRad);
    this.room = roomOf(track);
    this.#appearance = appearanceOf(lookSeed);
    this.#grey = painted === undefined ? this.#channel(greyOf) : painted.#grey;
  }

  /** The same place seen by a camera that looks further down; it costs next to nothing. */
  tilted(tiltRad: number): Scene {
    return tiltRad === this.#tiltRad ? this : new Scene(this.#track, this.#lookSeed, tiltRad, this);
  }

  /** 160×120 grey, row by row, into `target`. */
  renderGrey(pose: Pose, obstacles: readonly Obstacle[], target: Uint8Array): void {
    this.#render(this.#camera, viewpointOf(pose, 0), this.#grey, obstacles, target, 0, 1);
  }

  /** Two 160×120 grey views, left and right interleaved, into `target`. */
  renderStereo(pose: Pose, obstacles: readonly Obstacle[], target: Uint8Array): void {
    this.#render(this.#camera, viewpointOf(pose, halfBaseM), this.#grey, obstacles, target, 0, 2);
    this.#render(this.#camera, viewpointOf(pose, -halfBaseM), this.#grey, obstacles, target, 1, 2);
  }

  /** 640×480 red, green, blue, interleaved, into `target`. The coloured floor is painted when first asked for. */
  renderColour(pose: Pose, obstacles: readonly Obstacle[], target: Uint8Array): void {
    this.#picture ??= {
      camera: new Camera(pictureSize.width, pictureSize.height, this.#tiltRad),
      channels: [0, 1, 2].map((index) => this.#channel((colour) => colour[index] as number)),
    };
    const { camera, channels } = this.#picture;
    channels.forEach((channel, index) => {
      this.#render(camera, viewpointOf(pose, 0), channel, obstacles, target, index, 3);
    });
  }

  #channel(value: (colour: Colour) => number): Channel {
    const paint = paintOf(this.#appearance, value);
    const { box, botBody, botShell } = this.#appearance;
    const solids = { box: value(box), body: value(botBody), shell: value(botShell) };
    return { paint, solids, ground: paintGround(this.#track, this.room, this.#appearance, paint) };
  }

  #render(
    camera: Camera,
    viewpoint: Viewpoint,
    channel: Channel,
    obstacles: readonly Obstacle[],
    target: Uint8Array,
    offset: number,
    stride: number,
  ): void {
    camera.render(viewpoint, this.room, channel.ground, channel.paint, target, offset, stride);
    if (obstacles.length > 0) drawSolids(camera, viewpoint, obstacles, channel.solids, target, offset, stride);
  }
}

/** The place as one channel of a picture: grey, or red, green, blue. */
interface Channel {
  readonly paint: Paint;
  readonly solids: SolidPaint;
  readonly ground: Ground;
}

/** The lens, `left` metres left of the mount. */
function viewpointOf({ x, y, yaw }: Pose, left: number): Viewpoint {
  const { forwardM } = cameraMount;
  const [cos, sin] = [Math.cos(yaw), Math.sin(yaw)];
  return { x: x + forwardM * cos - left * sin, y: y + forwardM * sin + left * cos, yaw };
}

function paintOf(appearance: Appearance, value: (colour: Colour) => number): Paint {
  const [south, east, north, west] = appearance.walls;
  return {
    road: value(appearance.road),
    border: value(appearance.border),
    dash: value(appearance.dash),
    field: value(appearance.field),
    walls: [Math.round(value(south)), Math.round(value(east)), Math.round(value(north)), Math.round(value(west))],
    sky: Math.round(value(appearance.sky)),
  };
}
