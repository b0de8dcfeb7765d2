import { CarId, PitwallError } from '@pitwall/protocol';
import { CarList, CarOutcome, ErrorBody, GiveCarCommand, StopOutcome } from '@pitwall/protocol/api';
import { type CarAction, isOfVersions } from '@pitwall/protocol/messages';
import { z } from 'zod';
import type { CarLink, StopAllCars } from '../../race/index.js';
import { callerOf } from '../system/access.js';
import type { Routes } from '../system/server.js';

const tags = ['cars'];

/** The cars, and the commands of the pit crew and of marshals to them. */
export const carRoutes =
  (
    cars: Pick<CarLink, 'list' | 'command'>,
    stops: Pick<StopAllCars, 'stop'>,
    desk: { readonly carsInRuns: readonly CarId[] },
  ): Routes =>
  (app) => {
    app.get(
      '/api/v1/cars',
      {
        config: { access: 'everyone' },
        schema: { tags, summary: 'Every car and what was heard of it last', response: { 200: CarList } },
      },
      async () => ({ cars: cars.list() }),
    );
    app.post(
      '/api/v1/cars/stop',
      {
        config: { access: ['crew'], urgent: true },
        schema: {
          tags,
          summary: 'Stops all cars by emergency stop, and answers who stands and who is missing',
          description:
            'Every car that was ever heard of is told at once, and runs under way are paused. Answered after at most some two ' +
            'seconds, when every car has answered or is `silent`. Each stop holds until the car is cleared: it is sent again to ' +
            'every new session of the car.',
          response: { 200: StopOutcome, 401: ErrorBody, 403: ErrorBody },
        },
      },
      async (request) => await stops.stop(callerOf(request).name),
    );
    app.post(
      '/api/v1/cars/:car/commands',
      {
        config: { access: ['crew'], urgent: true },
        schema: {
          tags,
          summary: 'Gives a car a command, and answers when the car has done it',
          description:
            'A refusal has the car’s own code and sentence. 504 `car-silent`: it did not answer, and refuses the ' +
            'command if it comes late. Only `stage` and `stage-version` may take longer than seconds.',
          params: z.object({ car: CarId }),
          body: GiveCarCommand,
          response: { 200: CarOutcome, 400: ErrorBody, 401: ErrorBody, 403: ErrorBody, 409: ErrorBody, 504: ErrorBody },
        },
      },
      async (request) => {
        const { name } = callerOf(request);
        const { car } = request.params;
        const { action } = request.body;
        if (isOfVersions(action) && action.type !== 'stage-version' && desk.carsInRuns.includes(car))
          throw new PitwallError(
            'update-refused',
            `Car ${car} is in a run: its version is changed when the run is over.`,
          );
        return await commanded(cars, car, action, name);
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
  if (outcome === 'refused') throw new PitwallError(code ?? 'command-refused', message ?? 'The car refused it.');
  if (outcome === 'silent' || safety === null)
    throw new PitwallError('car-silent', `Car ${car} does not answer: ${message ?? 'nothing was heard of it'}.`);
  return { safety, ...rest };
}
