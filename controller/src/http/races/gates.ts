import { GateId, PitwallError } from '@pitwall/protocol';
import { ErrorBody, GateHealth, GateList, ManualCrossing } from '@pitwall/protocol/api';
import { z } from 'zod';
import type { ManualGate, Timing } from '../../timing/index.js';
import type { Routes } from '../system/server.js';

const tags = ['gates'];
const params = z.object({ gate: GateId });

/** How the gates are, and the marshal's key at the line. */
export const gateRoutes =
  (timing: Pick<Timing, 'health'>, manual: Pick<ManualGate, 'press'>): Routes =>
  (app) => {
    app.get(
      '/api/v1/gates',
      {
        config: { access: 'everyone' },
        schema: { tags, summary: 'Every gate and how it is', response: { 200: GateList } },
      },
      async () => ({ gates: timing.health() }),
    );
    app.get(
      '/api/v1/gates/:gate',
      {
        config: { access: 'everyone' },
        schema: { tags, summary: 'One gate', params, response: { 200: GateHealth, 404: ErrorBody } },
      },
      async (request) => {
        const { gate } = request.params;
        const health = timing.health().find((each) => each.gate === gate);
        if (health === undefined)
          throw new PitwallError('not-found', `No gate ${gate} was heard since the controller started.`);
        return health;
      },
    );
    app.post(
      '/api/v1/gates/manual/crossings',
      {
        config: { access: ['marshal'], urgent: true },
        schema: {
          tags,
          summary: 'A marshal saw the car cross, now; answered when it is on disk',
          response: { 201: ManualCrossing, 401: ErrorBody, 403: ErrorBody },
        },
      },
      async (_request, reply) => {
        return reply.code(201).send(await manual.press());
      },
    );
  };
