import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseJson } from '@pitwall/protocol';
import type { TrackOutline } from '@pitwall/protocol/api';
import { buildTrack, type ClosedPolyline, TrackDescription } from '@pitwall/protocol/track';

/** The tracks that come with Pitwall. */
const ownTracks = dirname(fileURLToPath(import.meta.resolve('@pitwall/protocol/tracks/oval.json')));

/** x, y of each point, m, to the millimetre. */
function pointsOf({ points, count }: ClosedPolyline): [number, number][] {
  const at = (index: number): number => Math.round((points[index] ?? 0) * 1000) / 1000;
  return Array.from({ length: count }, (_, index) => [at(2 * index), at(2 * index + 1)]);
}

function outlineOf(description: TrackDescription): TrackOutline {
  const track = buildTrack(description);
  const { name, lengthM, widthM, direction, centre, inner, outer } = track;
  return {
    track: description.id,
    name,
    lengthM,
    widthM,
    direction,
    description,
    outline: { centre: pointsOf(centre), inner: pointsOf(inner), outer: pointsOf(outer) },
  };
}

/** Tracks as maps, from the descriptions in a folder. They are built when first asked for. */
export class KnownTracks {
  readonly #folder: string;
  #built: ReadonlyMap<string, TrackOutline> | undefined;

  constructor(folder: string = ownTracks) {
    this.#folder = folder;
  }

  /** By the names of their files. */
  get all(): TrackOutline[] {
    return [...this.#tracks.values()];
  }

  find(id: string): TrackOutline | undefined {
    return this.#tracks.get(id);
  }

  get #tracks(): ReadonlyMap<string, TrackOutline> {
    this.#built ??= new Map(
      readdirSync(this.#folder)
        .filter((file) => file.endsWith('.json'))
        .sort()
        .map((file) => {
          const path = join(this.#folder, file);
          const outline = outlineOf(parseJson(TrackDescription, readFileSync(path, 'utf8'), path, 'track-invalid'));
          return [outline.track, outline];
        }),
    );
    return this.#built;
  }
}
