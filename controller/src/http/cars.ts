import { CarId, PitwallError } from '@pitwall/protocol';
import { CarList, CarOutcome, ErrorBody, GiveCarCommand } from '@pitwall/protocol/api';
import type { CarAction } from '@pitwall/protocol/messages';
import { z } from 'zod';
import { demand } from '../accounts/index.js';
import type { CarLink } from '../race/index.js';
import type { Routes } from './server.js';

const tags = ['cars'];

/** The cars, and the commands of the pit crew and of marshals to them. */
export const carRoutes =
  (cars: Pick<CarLink, 'list' | 'command'>): Routes =>
  (app) => {
    app.get(
      '/api/v1/cars',
      { schema: { tags, summary: 'Every car and what was heard of it last', response: { 200: CarList } } },
      async () => ({ cars: cars.list() }),
    );
    app.post(
      '/api/v1/cars/:car/commands',
      {
        schema: {
          tags,
          security: [{ token: [] }],
          summary: 'Gives a car a command, and answers when the car has done it',
          description:
            'A refusal has the car’s own code and sentence. 504 `car-silent`: it did not answer, and refuses the ' +
            'command if it comes late. Only `stage` may take longer than seconds.',
          params: z.object({ car: CarId }),
          body: GiveCarCommand,
          response: { 200: CarOutcome, 400: ErrorBody, 401: ErrorBody, 403: ErrorBody, 409: ErrorBody, 504: ErrorBody },
        },
      },
      async (request) => {
        const { name } = demand(request.principal, 'crew');
        return await commanded(cars, request.params.car, request.body.action, name);
      },
    );
  };

/** What the car answered when it did it. @throws PitwallError `car-silent`, or what the car says when it refuses. */
export async function commanded(
  cars: Pick<CarLink, 'command'>,
  car: CarId,
  action: CarAction,
  who: string,
): Promise<CarOutcome> {
  const { outcome, code, message, safety, ...rest } = await cars.command(car, action, who);
  if (outcome === 'silent' || safety === null)
    throw new PitwallError('car-silent', `Car ${car} does not answer: ${message ?? 'nothing was heard of it'}.`);
  if (outcome === 'refused') throw new PitwallError(code ?? 'command-refused', message ?? 'The car refused it.');
  return { safety, ...rest };
}
