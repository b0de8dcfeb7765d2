import type { CarId } from '@pitwall/protocol';
import type { CarOverview, LiveMessage } from '@pitwall/protocol/api';

/** A car as this page has heard of it. */
export interface LiveCar extends CarOverview {
  /** When it spoke itself last, ms in the page's clock; null: not since the page asked. */
  readonly heardAt: number | null;
}

export const unheard = (car: CarId): LiveCar => ({
  car,
  presence: null,
  state: null,
  telemetry: null,
  eStop: null,
  machine: null,
  rival: null,
  heardAt: null,
});

type Worded = { readonly sessionId: string; readonly seq: number };

/** Whether it is a word of now: what is retained comes first, and again with every new connection. */
const isNews = (before: Worded | null, after: Worded): boolean =>
  before !== null && (before.sessionId !== after.sessionId || before.seq !== after.seq);

/** What is known of a car after a live message about it. */
export function updateLiveCar(before: LiveCar, message: Extract<LiveMessage, { car: CarId }>, now: number): LiveCar {
  switch (message.type) {
    case 'telemetry':
      return { ...before, telemetry: message.telemetry, heardAt: now };
    case 'car-state':
      return {
        ...before,
        state: message.state,
        heardAt: isNews(before.state, message.state) ? now : before.heardAt,
      };
    case 'car-presence': {
      const { presence } = message;
      // That it is lost the broker says, not the car.
      const isWord = presence.status === 'online' && isNews(before.presence, presence);
      return { ...before, presence, heardAt: isWord ? now : before.heardAt };
    }
    case 'car-e-stop':
      return { ...before, eStop: message.eStop };
    case 'car-rival':
      return { ...before, rival: message.rival };
    case 'car-event':
    case 'preview':
      return { ...before, heardAt: now };
  }
}
