import { Readable } from 'node:stream';
import { CarId, PitwallError } from '@pitwall/protocol';
import { ErrorBody, RecordingList } from '@pitwall/protocol/api';
import { RecordingName, type RecordingPart, recordingPartBytes } from '@pitwall/protocol/messages';
import { z } from 'zod';
import type { CarLink } from '../../race/index.js';
import { callerOf } from '../system/access.js';
import { sendRaw } from '../system/raw-body.js';
import type { Routes } from '../system/server.js';
import { commanded } from './cars.js';

const tags = ['cars'];
const refusals = { 401: ErrorBody, 403: ErrorBody, 404: ErrorBody, 409: ErrorBody, 504: ErrorBody };

/** What the cars' black boxes hold, fetched from the car part by part. */
export const recordingRoutes =
  (cars: Pick<CarLink, 'command'>): Routes =>
  (app) => {
    app.get(
      '/api/v1/cars/:car/recordings',
      {
        config: { access: ['crew'] },
        schema: {
          tags,
          summary: 'The recordings that lie on a car, the oldest first',
          params: z.object({ car: CarId }),
          response: { 200: RecordingList, ...refusals },
        },
      },
      async (request) => {
        const { name } = callerOf(request);
        const { recordings = [] } = await commanded(cars, request.params.car, { type: 'list-recordings' }, name);
        return { recordings };
      },
    );
    app.get(
      '/api/v1/cars/:car/recordings/:name',
      {
        config: { access: ['crew'] },
        schema: {
          tags,
          summary: 'A recording (MCAP), as far as it is written; a car that drives gives none',
          produces: ['application/octet-stream'],
          params: z.object({ car: CarId, name: RecordingName }),
          response: refusals,
        },
      },
      async (request, reply) => {
        const { name: who } = callerOf(request);
        const { car, name } = request.params;
        const part = async (from: number): Promise<RecordingPart> => {
          const action = { type: 'fetch-recording', name, from, bytes: recordingPartBytes } as const;
          const { part: answer } = await commanded(cars, car, action, who);
          if (answer === undefined) throw new PitwallError('not-found', `Car ${car} gave nothing of ${name}.`);
          return answer;
        };
        const first = await part(0);
        reply.header('content-type', 'application/octet-stream').header('content-length', first.size);
        return sendRaw(reply, Readable.from(bytesOf(first, part), { objectMode: false }));
      },
    );
  };

/** A recording that grows meanwhile is given as it was when it was asked for. */
async function* bytesOf(first: RecordingPart, part: (from: number) => Promise<RecordingPart>): AsyncGenerator<Buffer> {
  let given = 0;
  for (let next = first; given < first.size; next = await part(given)) {
    const bytes = Buffer.from(next.data, 'base64').subarray(0, first.size - given);
    if (bytes.length === 0) throw new PitwallError('not-found', `${first.name} ended before its time.`);
    given += bytes.length;
    yield bytes;
    if (given === first.size) return;
  }
}
