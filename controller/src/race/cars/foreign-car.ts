import { type CarId, firstProtocol, spokenProtocol, worksWith } from '@pitwall/protocol';
import type { CarPresence } from '@pitwall/protocol/messages';

/** Why a car and this controller do not work together, and what to do; undefined where they do. */
export function foreignCar(car: CarId, presence: CarPresence | undefined): string | undefined {
  const { protocol = firstProtocol, version } = presence ?? {};
  if (worksWith(spokenProtocol, protocol)) return undefined;
  const theirs = `Car ${car} has version ${version}, which speaks protocol ${protocol.number}`;
  return protocol.number < spokenProtocol.number
    ? `${theirs}, and this controller works with none before ${spokenProtocol.oldest}: update the car.`
    : `${theirs} and works with none before ${protocol.oldest}; this controller speaks ${spokenProtocol.number}: update the controller, or roll the car back.`;
}
