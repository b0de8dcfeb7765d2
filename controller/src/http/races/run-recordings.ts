import { PitwallError, RaceId, RacerId } from '@pitwall/protocol';
import { ErrorBody, RunFileKind, type RunRecording, RunRecordingList, ShareRunRecording } from '@pitwall/protocol/api';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Principal, rolesOf } from '../../accounts/index.js';
import type { EventOwners, ListedEvents } from '../../events/index.js';
import { type KnownRun, notHere, type RunRecordings } from '../../run-recordings/index.js';
import { callerOf } from '../system/access.js';
import { sendRaw } from '../system/raw-body.js';
import type { Routes } from '../system/server.js';

const tags = ['races'];
const ofRun = z.object({ race: RaceId, run: z.uuid() });
const refusals = { 401: ErrorBody, 403: ErrorBody, 404: ErrorBody };
const whose = 'one’s own; of a race that one runs, all; shared ones everybody';

interface Sources {
  readonly recordings: RunRecordings;
  readonly owners: Pick<EventOwners, 'demandMayRun'>;
  readonly listed: Pick<ListedEvents, 'isHidden' | 'isHiddenRace'>;
}

/** What may be done with one, by whoever asks. */
type Rights = Pick<RunRecording, 'mayShare' | 'mayDelete'> & { readonly maySee: boolean; readonly shared: boolean };

/** Recordings and videos of runs: their racer's and staff's, and everybody's where the racer shares them. */
export const runRecordingRoutes =
  ({ recordings, owners, listed }: Sources): Routes =>
  (app) => {
    const runsRace = async (race: RaceId, { principal }: FastifyRequest): Promise<boolean> => {
      if (principal === undefined || !rolesOf(principal).includes('marshal')) return false;
      return await owners.demandMayRun(race, principal).then(
        () => true,
        () => false,
      );
    };
    const rightsOf = async (known: KnownRun, isStaff: boolean, who: Principal | undefined): Promise<Rights> => {
      const isOwn = isRacer(who, known.racer);
      // Somebody under age, and a race that no list shows, are nobody's business.
      const mayBeShown = !(await listed.isHidden(known.racer)) && !(await listed.isHiddenRace(known.race));
      const shared = known.shared && mayBeShown;
      return { maySee: isOwn || isStaff || shared, mayShare: isOwn && mayBeShown, mayDelete: isOwn || isStaff, shared };
    };
    /** @throws PitwallError `not-found` also where somebody may not see it */
    const seen = async (request: FastifyRequest, race: RaceId, run: string): Promise<KnownRun & Rights> => {
      const known = await recordings.about(race, run);
      const rights = await rightsOf(known, await runsRace(race, request), request.principal);
      if (!rights.maySee || known.state === 'deleted') throw notHere(run);
      return { ...known, ...rights };
    };
    app.get(
      '/api/v1/races/:race/recordings',
      {
        config: { access: 'everyone', objects: whose },
        schema: {
          tags,
          summary: 'Recordings and videos of runs that the caller may have, and how far they are',
          params: z.object({ race: RaceId }),
          querystring: z.object({ racer: RacerId.optional() }),
          response: { 200: RunRecordingList },
        },
      },
      async (request) => {
        const { race } = request.params;
        const isStaff = await runsRace(race, request);
        const list: RunRecording[] = [];
        for (const known of await recordings.of(race, request.query.racer)) {
          const { maySee, ...rights } = await rightsOf(known, isStaff, request.principal);
          if (!maySee) continue;
          const { run: runId, racer, state, why, until } = known;
          list.push({ runId, racer, state, why, until, files: await recordings.filesOf(runId), ...rights });
        }
        return { recordings: list };
      },
    );
    app.get(
      '/api/v1/races/:race/runs/:run/:file',
      {
        config: { access: 'everyone', objects: whose },
        schema: {
          tags,
          summary: 'A run’s recording (MCAP), its video (MP4), or its best lap as a video',
          params: ofRun.extend({ file: RunFileKind }),
          response: { 404: ErrorBody },
        },
      },
      async (request, reply) => {
        const { race, run, file } = request.params;
        await seen(request, race, run);
        const { bytes, stream } = await recordings.read(run, file);
        const isVideo = file !== 'recording';
        reply
          .header('content-type', isVideo ? 'video/mp4' : 'application/octet-stream')
          .header('content-length', bytes);
        reply.header('content-disposition', `attachment; filename="${race}-${file}.${isVideo ? 'mp4' : 'mcap'}"`);
        // Whoever deletes it wants it gone.
        reply.header('cache-control', 'private, no-store');
        return sendRaw(reply, stream);
      },
    );
    app.put(
      '/api/v1/races/:race/runs/:run/sharing',
      {
        config: { access: ['racer'], objects: 'one’s own', hall: true },
        schema: {
          tags,
          summary: 'Shows a run’s recording and videos to everybody, or to nobody else any more',
          params: ofRun,
          body: ShareRunRecording,
          response: { 204: z.null(), ...refusals },
        },
      },
      async (request, reply) => {
        const { race, run } = request.params;
        const known = await seen(request, race, run);
        if (!isRacer(callerOf(request), known.racer))
          throw new PitwallError('access-denied', 'Only its racer shares the video of a run.');
        if (request.body.shared && !known.mayShare)
          throw new PitwallError(
            'access-denied',
            'It is not shared: your name, or this race, is not shown to the crowd. Ask the event’s organizer.',
          );
        await recordings.share(run, request.body.shared);
        return reply.code(204).send(null);
      },
    );
    app.delete(
      '/api/v1/races/:race/runs/:run/recordings',
      {
        config: { access: ['racer', 'marshal'], objects: 'one’s own; of a race that one runs, all', hall: true },
        schema: {
          tags,
          summary: 'Deletes a run’s recording and videos here, for good; the car keeps its own until it needs the room',
          params: ofRun,
          response: { 204: z.null(), ...refusals },
        },
      },
      async (request, reply) => {
        const { race, run } = request.params;
        const { mayDelete } = await seen(request, race, run);
        if (!mayDelete) throw new PitwallError('access-denied', 'Its racer deletes it, or whoever runs the race.');
        await recordings.delete(run);
        return reply.code(204).send(null);
      },
    );
  };

/** People race whatever else they do; a token only where it is a racer's. */
const isRacer = (who: Principal | undefined, racer: RacerId): boolean =>
  who?.name === racer && (who.person !== undefined || rolesOf(who).includes('racer'));
