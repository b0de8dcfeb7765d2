import { RaceId, RacerId } from '@pitwall/protocol';
import { ErrorBody } from '@pitwall/protocol/api';
import { z } from 'zod';
import type { Signer } from '../../forwarding/index.js';
import { type RaceDesk, resultSheetOf, writeLaps } from '../../race/index.js';
import { sendRaw } from '../system/raw-body.js';
import type { Routes } from '../system/server.js';

const tags = ['races'];
const params = z.object({ race: RaceId });

/** What racers take home of a race at the track or LIVE: the signed result sheet, and laps for a spreadsheet. */
export const resultRoutes =
  (desk: Pick<RaceDesk, 'state' | 'log'>, signer: Pick<Signer, 'sign' | 'publicJwk'>): Routes =>
  (app) => {
    app.get(
      '/api/v1/races/:race/sheet',
      {
        config: { access: 'everyone' },
        schema: {
          tags,
          summary: 'The result sheet, signed: what it says is as good without this controller',
          description:
            '`jws` is a compact JWS (EdDSA) whose payload is the text of `sheet`; `key` the public key. ' +
            '`pitwall race verify LOG --sheet FILE` checks signature and log.',
          params,
          response: {
            200: z.object({ sheet: z.looseObject({}), jws: z.string(), key: z.looseObject({}) }),
            404: ErrorBody,
          },
        },
      },
      async (request, reply) => {
        const { race } = request.params;
        const state = await desk.state(race);
        const { records } = await desk.log(race, 0, state.seq);
        const sheet = resultSheetOf(records, state);
        const jws = await signer.sign(JSON.stringify(sheet));
        reply.header('content-disposition', `attachment; filename="${race}-results.json"`);
        return sendRaw(reply, { sheet, jws, key: signer.publicJwk });
      },
    );
    app.get(
      '/api/v1/races/:race/laps.csv',
      {
        config: { access: 'everyone' },
        schema: {
          tags,
          summary: 'All laps as CSV (RFC 4180), or those of one racer',
          params,
          querystring: z.object({ racer: RacerId.optional(), excel: z.stringbool().default(false) }),
          response: { 404: ErrorBody },
        },
      },
      async (request, reply) => {
        const { racer, excel } = request.query;
        const state = await desk.state(request.params.race);
        const runs = racer === undefined ? state.runs : state.runs.filter((run) => run.racer === racer);
        reply.header('content-type', 'text/csv; charset=utf-8');
        const name = racer === undefined ? state.race : `${state.race}-${racer}`;
        reply.header('content-disposition', `attachment; filename="${name}-laps.csv"`);
        return sendRaw(reply, writeLaps({ ...state, runs }, { excel }));
      },
    );
  };
