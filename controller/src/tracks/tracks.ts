import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PitwallError } from '@pitwall/protocol';
import type { TrackList, TrackOutline, UploadedTrack, UploadTrack } from '@pitwall/protocol/api';
import {
  demandRaceable,
  type ReadTrack,
  type RouteDescription,
  readTrackFile,
  routeDescription,
  type TrackDescription,
} from '@pitwall/protocol/track';
import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import { findingsOf, outlineOf } from './outline.js';
import type { TrackRow, TrackTables } from './tables.js';

/** What uploaded tracks may be: read and looked at here, beside a race, they may cost no more than a fraction of a second. */
export const uploadLimits = { bytes: 2 * 1024 * 1024, points: 5000, tracks: 500 } as const;

const ours = dirname(fileURLToPath(import.meta.resolve('@pitwall/protocol/tracks/oval.json')));

/** A track that a race is driven on. */
export interface RaceTrack {
  readonly id: string;
  readonly version: number;
}

/** The tracks of a controller: those that come with Pitwall, and those that organizers uploaded, in the database. */
export class Tracks {
  readonly #store: Store;
  readonly #now: () => number;
  #own: ReadonlyMap<string, TrackOutline> | undefined;

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store;
    this.#now = now;
  }

  /** Each in its latest version: ours first. */
  async list(): Promise<TrackList['tracks']> {
    const rows = await this.#reading
      .selectFrom('tracks')
      .selectAll()
      .where('removed_at', 'is', null)
      .orderBy('id')
      .orderBy('version', 'desc')
      .execute();
    const latest = rows.filter((row, index) => rows[index - 1]?.id !== row.id);
    return [...this.#ours().values(), ...latest.map(outlineOfRow)].map(
      ({ track, version, name, uploaded, lengthM, widthM }) => ({ track, version, name, uploaded, lengthM, widthM }),
    );
  }

  /** In its latest version where none is named; one that is named is found also after its removal. */
  async find(id: string, version?: number): Promise<TrackOutline | undefined> {
    const own = this.#ours().get(id);
    if (own !== undefined) return version === undefined || own.version === version ? own : undefined;
    const row = await this.#row(id, version);
    return row === undefined ? undefined : outlineOfRow(row);
  }

  /** @throws PitwallError `not-found` */
  async outline(id: string, version?: number): Promise<TrackOutline> {
    const found = await this.find(id, version);
    if (found !== undefined) return found;
    const which = version === undefined ? id : `${id} in version ${version}`;
    throw new PitwallError('not-found', `There is no track ${which}; GET /api/v1/tracks lists them.`);
  }

  /**
   * @param had what the race was driven on before: it may keep a track that is not offered any more
   * @throws PitwallError `race-refused` where a race cannot be driven on it here
   */
  async demand({ id, version }: RaceTrack, had?: RaceTrack): Promise<void> {
    const own = this.#ours().get(id);
    if (own?.version === version) return;
    const row = own === undefined ? await this.#row(id, version) : undefined;
    if (row?.removed_at === null || (row !== undefined && had?.id === id && had.version === version)) return;
    if (row !== undefined)
      throw new PitwallError('race-refused', `Track ${id} in version ${version} was deleted; choose another.`);
    const latest = own?.version ?? (await this.#row(id))?.version;
    throw new PitwallError(
      'race-refused',
      latest === undefined
        ? `There is no track ${id}; GET /api/v1/tracks lists those that are here, POST adds one.`
        : `Track ${id} is here in version ${latest}, not ${version}.`,
    );
  }

  /** The file of an uploaded track; undefined for one that comes with Pitwall, which every agent has. @throws `not-found` */
  async uploaded({ id, version }: RaceTrack): Promise<string | undefined> {
    if (this.#ours().has(id)) return undefined;
    const row = await this.#row(id, version);
    if (row === undefined) throw new PitwallError('not-found', `There is no track ${id} in version ${version} here.`);
    return row.file;
  }

  /**
   * Reads a file, keeps what can be raced on, and says what it is. The same again is the same track; another shape under an
   * id gets the next version.
   * @throws PitwallError `track-invalid` where nothing can be drawn, or it cannot be kept; `track-exists`
   */
  async upload(bytes: Uint8Array, wanted: UploadTrack, by: string): Promise<UploadedTrack> {
    const read = named(readTrackFile(bytes, wanted.file, optionsOf(wanted)), wanted);
    const { count } = read.track.centre;
    if (count > uploadLimits.points)
      throw new PitwallError(
        'track-invalid',
        `The track has ${count} points; at most ${uploadLimits.points} are kept.`,
      );
    if (wanted.check) return findingsOf(read, false);
    demandRaceable(read, `The track ${read.track.name}`);
    if (this.#ours().has(read.track.id))
      throw new PitwallError(
        'track-exists',
        `A track that comes with Pitwall is called ${read.track.id}; give another id.`,
      );
    const kept = readOf(await this.#keep(read, by));
    return { ...findingsOf(kept, true), notes: [...read.notes] };
  }

  /**
   * Offers a track no more, in any version. Races that name it, their evaluations and replays keep it; the same file again
   * brings it back.
   * @throws PitwallError `not-found`, `track-exists` for one that comes with Pitwall
   */
  async remove(id: string): Promise<void> {
    if (this.#ours().has(id)) throw new PitwallError('track-exists', `${id} comes with Pitwall and cannot be deleted.`);
    const { numUpdatedRows } = await this.#db
      .updateTable('tracks')
      .set({ removed_at: this.#now() })
      .where('id', '=', id)
      .where('removed_at', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw new PitwallError('not-found', `There is no uploaded track ${id}.`);
  }

  async #keep(read: ReadTrack, by: string): Promise<TrackRow> {
    const file: TrackDescription | RouteDescription = read.description ?? routeDescription(read.track);
    const { id, name, version: own, ...rest } = file;
    const shape = createHash('sha256').update(JSON.stringify(rest)).digest('hex');
    return await this.#db.transaction().execute(async (db) => {
      const rows = await db.selectFrom('tracks').selectAll().where('id', '=', id).execute();
      const same = rows.find((row) => row.shape === shape);
      if (same !== undefined) {
        if (same.removed_at === null) return same;
        await db
          .updateTable('tracks')
          .set({ removed_at: null })
          .where('id', '=', id)
          .where('shape', '=', shape)
          .execute();
        return { ...same, removed_at: null };
      }
      const { kept } = await db
        .selectFrom('tracks')
        .select((to) => to.fn.countAll<number>().as('kept'))
        .executeTakeFirstOrThrow();
      if (kept >= uploadLimits.tracks)
        throw new PitwallError(
          'track-exists',
          `This controller keeps ${uploadLimits.tracks} tracks, deleted ones included, and no more.`,
        );
      const latest = Math.max(0, ...rows.map(({ version }) => version));
      const version = Math.max(own, latest + 1);
      const row: TrackRow = {
        ...{ id, version, name, shape },
        file: JSON.stringify({ ...file, version }),
        uploaded_by: by,
        uploaded_at: this.#now(),
        removed_at: null,
      };
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('tracks')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows === 0n)
        throw new PitwallError('track-exists', `Somebody else uploaded ${id} at the same moment; upload it again.`);
      return row;
    });
  }

  async #row(id: string, version?: number): Promise<TrackRow | undefined> {
    const query = this.#reading.selectFrom('tracks').selectAll().where('id', '=', id);
    if (version !== undefined) return await query.where('version', '=', version).executeTakeFirst();
    return await query.where('removed_at', 'is', null).orderBy('version', 'desc').limit(1).executeTakeFirst();
  }

  /** They are built when first asked for. */
  #ours(): ReadonlyMap<string, TrackOutline> {
    this.#own ??= new Map(
      readdirSync(ours)
        .filter((file) => file.endsWith('.json'))
        .sort()
        .map((file) => {
          const outline = outlineOf(readTrackFile(readFileSync(join(ours, file)), file), false);
          return [outline.track, outline];
        }),
    );
    return this.#own;
  }

  get #db(): Kysely<TrackTables> {
    return this.#store.as<TrackTables>();
  }

  get #reading(): Kysely<TrackTables> {
    return this.#store.reading<TrackTables>();
  }
}

const readOf = ({ id, file }: TrackRow): ReadTrack => readTrackFile(Buffer.from(file), id);
const outlineOfRow = (row: TrackRow): TrackOutline => outlineOf(readOf(row), true);

const optionsOf = ({ id, name, unit, width, close }: UploadTrack) => ({
  ...(id === undefined ? {} : { id }),
  ...(name === undefined ? {} : { name }),
  unit,
  widthM: width,
  close,
});

/** With the names and the look that the organizer gave: a file of ours has its own. */
function named(read: ReadTrack, { id, name, look }: UploadTrack): ReadTrack {
  const given = {
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(look === undefined ? {} : { lookSeed: look }),
  };
  if (Object.keys(given).length === 0) return read;
  const file = { ...(read.description ?? routeDescription(read.track)), ...given };
  return { ...readTrackFile(Buffer.from(JSON.stringify(file)), read.track.name), notes: read.notes };
}
