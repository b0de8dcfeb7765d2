import { type Ground, type GroundLevel, groundLevels, type Paint, type Room, texelM } from './ground.js';

/**
 * Where the camera sits and what it sees: 0.145 m ahead of the car's origin, 0.13 m up, pitched 15° down, horizontal field
 * of view 1.13 rad (the cloud simulator's camera).
 */
export const cameraMount = {
  forwardM: 0.145,
  upM: 0.13,
  pitchRad: (15 * Math.PI) / 180,
  fieldOfViewRad: 1.13,
} as const;

/** The walls are barriers 2.5 feet high. */
export const wallM = 0.762;
const mostSamples = 8;

/** One line of sight per image row part: its ground (or wall-top) points lie on a straight line, evenly spaced. */
interface Scan {
  /** Metres ahead of the camera at which the scan meets the plane. */
  readonly forward: number;
  /** Metres to the left, in the first pixel, and from one pixel to the next (negative). */
  readonly left: number;
  readonly leftStep: number;
}

interface Row {
  /** Whether the row's scans meet the floor (or, above the horizon, the plane of the walls' tops). */
  readonly down: boolean;
  readonly level: number;
  /** One sample a pixel, blended from four texels: the pixel is smaller than a texel. */
  readonly fine: boolean;
  readonly scans: readonly Scan[];
  /** Horizontal part of the row's middle line of sight, per unit of depth: columns of the corners follow from it. */
  readonly ahead: number;
}

export interface Viewpoint {
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
}

/**
 * Renders the floor, walls and sky of a room. The camera never rolls, so each image row sees a straight line on the floor:
 * rows are sampled incrementally, with as many samples a pixel as its footprint is longer than wide, from the level of the
 * floor's picture whose texels fit the footprint's short side.
 */
export class Camera {
  readonly width: number;
  readonly height: number;
  readonly focal: number;
  readonly pitchRad: number;
  readonly #rows: readonly Row[];
  readonly #sum: Int32Array;
  readonly #wall: Int32Array;
  /** Of each scan of the row at hand: x, y, and their steps, in texels; and its columns inside the room. */
  readonly #starts = new Float64Array(4 * mostSamples);
  readonly #columns = new Int32Array(2 * mostSamples);
  /** Column and wall of each visible corner, filled per frame. */
  readonly #corners: { ratio: number; wallRightOf: number }[] = [];

  /** @param tiltRad how much further down it looks than it is mounted */
  constructor(width: number, height: number, tiltRad = 0) {
    this.width = width;
    this.height = height;
    this.focal = width / 2 / Math.tan(cameraMount.fieldOfViewRad / 2);
    this.pitchRad = cameraMount.pitchRad + tiltRad;
    this.#rows = Array.from({ length: height }, (_, v) => this.#rowAt(v));
    this.#sum = new Int32Array(width);
    this.#wall = new Int32Array(width);
  }

  /** Renders one channel into target[offset], target[offset + stride], …, row by row. `eye` is the camera's own place. */
  render(
    viewpoint: Viewpoint,
    room: Room,
    ground: Ground,
    paint: Paint,
    target: Uint8Array,
    offset = 0,
    stride = 1,
  ): void {
    const cos = Math.cos(viewpoint.yaw);
    const sin = Math.sin(viewpoint.yaw);
    this.#findCorners(viewpoint, room, cos, sin);
    const { width } = this;
    const sum = this.#sum;
    let out = offset;
    for (let v = 0; v < this.height; v++) {
      const row = this.#rows[v] as Row;
      const level = ground[row.level] as GroundLevel;
      const count = row.scans.length;
      const seen = this.#layScans(row, viewpoint, room, 1 / level.texelM, cos, sin);
      if (seen === 'all') sum.fill(0);
      else {
        this.#fillWalls(row.ahead, paint);
        this.#addWalls(count);
      }
      if (seen !== 'nothing') {
        if (!row.down) this.#addSky(count, paint.sky);
        else if (row.fine) this.#blend(level);
        else this.#addFloor(count, level);
      }
      const scale = Math.ceil(65536 / count);
      const half = count >> 1;
      for (let u = 0; u < width; u++) {
        target[out] = (((sum[u] as number) + half) * scale) >>> 16;
        out += stride;
      }
    }
  }

  /**
   * Where each scan of a row begins and steps, in texels, and its columns [from, to) that lie inside the room; beyond them
   * stand walls. Answers whether all columns see the floor (or the sky), or none.
   */
  #layScans(
    row: Row,
    viewpoint: Viewpoint,
    room: Room,
    perM: number,
    cos: number,
    sin: number,
  ): 'all' | 'some' | 'nothing' {
    const { width } = this;
    const originX = (viewpoint.x - room.minX) * perM;
    const originY = (viewpoint.y - room.minY) * perM;
    const endX = (room.maxX - room.minX) * perM;
    const endY = (room.maxY - room.minY) * perM;
    let [all, nothing] = [true, true];
    for (let k = 0; k < row.scans.length; k++) {
      const scan = row.scans[k] as Scan;
      const x0 = originX + (scan.forward * cos - scan.left * sin) * perM;
      const y0 = originY + (scan.forward * sin + scan.left * cos) * perM;
      const dx = -scan.leftStep * sin * perM;
      const dy = scan.leftStep * cos * perM;
      let from = 0;
      let to = width;
      if (dx > 1e-12) {
        from = Math.max(from, Math.ceil(-x0 / dx));
        to = Math.min(to, Math.floor((endX - x0) / dx) + 1);
      } else if (dx < -1e-12) {
        from = Math.max(from, Math.ceil((endX - x0) / dx));
        to = Math.min(to, Math.floor(-x0 / dx) + 1);
      } else if (x0 < 0 || x0 > endX) to = 0;
      if (dy > 1e-12) {
        from = Math.max(from, Math.ceil(-y0 / dy));
        to = Math.min(to, Math.floor((endY - y0) / dy) + 1);
      } else if (dy < -1e-12) {
        from = Math.max(from, Math.ceil((endY - y0) / dy));
        to = Math.min(to, Math.floor(-y0 / dy) + 1);
      } else if (y0 < 0 || y0 > endY) to = 0;
      from = Math.min(from, width);
      to = Math.max(from, to);
      this.#starts[4 * k] = x0;
      this.#starts[4 * k + 1] = y0;
      this.#starts[4 * k + 2] = dx;
      this.#starts[4 * k + 3] = dy;
      this.#columns[2 * k] = from;
      this.#columns[2 * k + 1] = to;
      all &&= from === 0 && to === width;
      nothing &&= from === to;
    }
    return all ? 'all' : nothing ? 'nothing' : 'some';
  }

  #addWalls(count: number): void {
    const { width } = this;
    const sum = this.#sum;
    const wall = this.#wall;
    for (let u = 0; u < width; u++) sum[u] = (wall[u] as number) * count;
    for (let k = 0; k < count; k++) {
      const to = this.#columns[2 * k + 1] as number;
      for (let u = this.#columns[2 * k] as number; u < to; u++) sum[u] = (sum[u] as number) - (wall[u] as number);
    }
  }

  #addSky(count: number, sky: number): void {
    const sum = this.#sum;
    for (let k = 0; k < count; k++) {
      const to = this.#columns[2 * k + 1] as number;
      for (let u = this.#columns[2 * k] as number; u < to; u++) sum[u] = (sum[u] as number) + sky;
    }
  }

  /** Near rows: each pixel from four texels. Texel centres are at + 0.5; the room ends inside the picture's far side. */
  #blend({ texels, width: pitch }: GroundLevel): void {
    const sum = this.#sum;
    const starts = this.#starts;
    const from = this.#columns[0] as number;
    const to = this.#columns[1] as number;
    const dx = starts[2] as number;
    const dy = starts[3] as number;
    let x = (starts[0] as number) + from * dx;
    let y = (starts[1] as number) + from * dy;
    for (let u = from; u < to; u++) {
      const px = x < 0.5 ? 0 : x - 0.5;
      const py = y < 0.5 ? 0 : y - 0.5;
      const ix = px | 0;
      const iy = py | 0;
      const fx = ((px - ix) * 256) | 0;
      const fy = ((py - iy) * 256) | 0;
      const at = iy * pitch + ix;
      const a = texels[at] as number;
      const c = texels[at + pitch] as number;
      const top = (a << 8) + ((texels[at + 1] as number) - a) * fx;
      const bottom = (c << 8) + ((texels[at + pitch + 1] as number) - c) * fx;
      sum[u] = (sum[u] as number) + (((top << 8) + (bottom - top) * fy + 32768) >> 16);
      x += dx;
      y += dy;
    }
  }

  /** Far rows: several scans a pixel, two at a time where both cover the same columns. */
  #addFloor(count: number, { texels, width: pitch }: GroundLevel): void {
    const sum = this.#sum;
    const starts = this.#starts;
    const columns = this.#columns;
    for (let k = 0; k < count; k++) {
      const from = columns[2 * k] as number;
      const to = columns[2 * k + 1] as number;
      const dx = starts[4 * k + 2] as number;
      const dy = starts[4 * k + 3] as number;
      let x = (starts[4 * k] as number) + from * dx;
      let y = (starts[4 * k + 1] as number) + from * dy;
      if (k + 1 < count && columns[2 * k + 2] === from && columns[2 * k + 3] === to) {
        k++;
        const dx2 = starts[4 * k + 2] as number;
        const dy2 = starts[4 * k + 3] as number;
        let x2 = (starts[4 * k] as number) + from * dx2;
        let y2 = (starts[4 * k + 1] as number) + from * dy2;
        for (let u = from; u < to; u++) {
          sum[u] =
            (sum[u] as number) +
            (texels[(y | 0) * pitch + (x | 0)] as number) +
            (texels[(y2 | 0) * pitch + (x2 | 0)] as number);
          x += dx;
          y += dy;
          x2 += dx2;
          y2 += dy2;
        }
        continue;
      }
      for (let u = from; u < to; u++) {
        sum[u] = (sum[u] as number) + (texels[(y | 0) * pitch + (x | 0)] as number);
        x += dx;
        y += dy;
      }
    }
  }

  /** Where the floor would end if no wall stood there, in rows from the top. */
  get horizonRow(): number {
    return this.height / 2 - this.focal * Math.tan(this.pitchRad);
  }

  /** Image column and row of a point given ahead, left and up of the camera's mount; undefined behind the camera. */
  project(ahead: number, left: number, up: number): { u: number; v: number; depth: number } | undefined {
    const { pitchRad } = this;
    const depth = ahead * Math.cos(pitchRad) - up * Math.sin(pitchRad);
    if (depth < 0.01) return undefined;
    const above = ahead * Math.sin(pitchRad) + up * Math.cos(pitchRad);
    return {
      u: this.width / 2 - (this.focal * left) / depth,
      v: this.height / 2 - (this.focal * above) / depth,
      depth,
    };
  }

  #rowAt(v: number): Row {
    const { focal, height, width, pitchRad } = this;
    const { upM } = cameraMount;
    const [sin, cos] = [Math.sin(pitchRad), Math.cos(pitchRad)];
    /** A line of sight at height `row` of the image: how far it falls and goes ahead per unit of depth. */
    const sight = (row: number) => {
      const down = (row - height / 2) / focal;
      return { fall: sin + down * cos, ahead: cos - down * sin };
    };
    const middle = sight(v + 0.5);
    const down = middle.fall > 1e-6;
    const drop = down ? upM : wallM - upM;
    // Depth in which the row's middle meets the floor, and the footprint of a pixel there.
    const depth = drop / Math.max(Math.abs(middle.fall), 1e-4);
    const across = depth / focal;
    const edge = (row: number) => {
      const { fall, ahead } = sight(row);
      return (ahead * drop) / Math.max(Math.abs(fall), 1e-4);
    };
    const along = Math.abs(edge(v) - edge(v + 1));
    const fine = down && across < 1.1 * texelM && along < 2.2 * texelM;
    const level = Math.max(0, Math.min(groundLevels - 1, Math.floor(Math.log2(across / texelM) + 0.3)));
    const count = fine ? 1 : Math.max(2, Math.min(mostSamples, Math.ceil((1.2 * along) / Math.max(across, texelM))));
    const scans = Array.from({ length: count }, (_, k): Scan => {
      const { fall, ahead } = sight(v + (k + 0.5) / count);
      // A part of the row beyond the horizon sees no floor: it meets the plane so far away that it is a wall.
      const away = fall > 0 === down ? Math.abs(fall) : 0;
      const scanDepth = drop / Math.max(away, 1e-4);
      // The golden ratio spreads the samples over the pixel's width.
      const aside = fine ? 0.5 : (0.5 + k * 0.618034) % 1;
      const leftStep = -scanDepth / focal;
      return { forward: ahead * scanDepth, left: leftStep * (aside - width / 2), leftStep };
    });
    return { down, level, fine, scans, ahead: middle.ahead };
  }

  /** The room's corners as seen from the viewpoint, from left to right. */
  #findCorners(viewpoint: Viewpoint, room: Room, cos: number, sin: number): void {
    this.#corners.length = 0;
    // Corners counter-clockwise; right of a corner (seen from inside) begins the wall that ends there.
    const corner = (x: number, y: number, wallRightOf: number) => {
      const [dx, dy] = [x - viewpoint.x, y - viewpoint.y];
      const ahead = dx * cos + dy * sin;
      const left = dy * cos - dx * sin;
      if (ahead > 1e-6) this.#corners.push({ ratio: left / ahead, wallRightOf });
    };
    corner(room.minX, room.minY, 3);
    corner(room.maxX, room.minY, 0);
    corner(room.maxX, room.maxY, 1);
    corner(room.minX, room.maxY, 2);
    this.#corners.sort((a, b) => b.ratio - a.ratio);
    if (this.#corners.length === 0) {
      const facing = Math.abs(cos) > Math.abs(sin) ? (cos > 0 ? 1 : 3) : sin > 0 ? 2 : 0;
      this.#corners.push({ ratio: Number.POSITIVE_INFINITY, wallRightOf: facing });
    }
  }

  #fillWalls(ahead: number, paint: Paint): void {
    const { width, focal } = this;
    const first = this.#corners[0] as { ratio: number; wallRightOf: number };
    // Left of the first corner stands the wall that begins there.
    let shade = paint.walls[(first.wallRightOf + 1) & 3] as number;
    let u = 0;
    for (const { ratio, wallRightOf } of this.#corners) {
      const column = Math.min(width, Math.max(0, Math.round(width / 2 - focal * ahead * ratio)));
      for (; u < column; u++) this.#wall[u] = shade;
      shade = paint.walls[wallRightOf] as number;
    }
    for (; u < width; u++) this.#wall[u] = shade;
  }
}
