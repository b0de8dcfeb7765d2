import {
  addressOf,
  type CarChannel,
  type GateChannel,
  isRetained,
  type RaceChannel,
  raceChannels,
  topics,
} from '@pitwall/protocol/messages';

/** Who a connection is, after its password was checked. */
export type Client =
  | { readonly of: 'controller' }
  | { readonly of: 'car'; readonly id: string }
  | { readonly of: 'gate'; readonly id: string };

const carSays: readonly CarChannel[] = ['presence', 'state', 'telemetry', 'event', 'preview', 'reply'];
const carHears: readonly CarChannel[] = ['command'];
const gateSays: readonly GateChannel[] = ['presence', 'crossing', 'sync'];
const gateHears: readonly GateChannel[] = ['ack', 'sync'];
const everyoneHears = raceChannels.map((channel: RaceChannel) => topics.everyRace(channel));
/** For its black box. */
const carsHear = [topics.everyGate('crossing')];

/** `car:ID`, `gate:ID` or `controller`; undefined for anything else. */
export function clientOf(username: string | undefined): Client | undefined {
  if (username === 'controller') return { of: 'controller' };
  const match = /^(car|gate):(.+)$/.exec(username ?? '');
  return match === null ? undefined : { of: match[1] as 'car' | 'gate', id: match[2] as string };
}

/**
 * Whether a client may publish there. Each speaks on its own topics; the controller on all of ours. Only state and
 * presence may be retained: a retained command would fire at whoever connects next.
 */
export function maySay(client: Client, topic: string, retained: boolean): boolean {
  const address = addressOf(topic);
  if (address === undefined || (retained && !isRetained(address.channel))) return false;
  if (client.of === 'controller') return true;
  if (address.of !== client.of || address.id !== client.id) return false;
  return (client.of === 'car' ? carSays : gateSays).includes(address.channel as never);
}

/** Whether a client may subscribe: its own topics by their full name, the state and laps of races, a car all crossings. */
export function mayHear(client: Client, filter: string): boolean {
  if (client.of === 'controller') return filter.startsWith('pitwall/v1/');
  if (everyoneHears.includes(filter) || (client.of === 'car' && carsHear.includes(filter))) return true;
  const address = addressOf(filter);
  if (address === undefined) return false;
  if (address.of === 'race') return true;
  if (address.of !== client.of || address.id !== client.id) return false;
  return (client.of === 'car' ? carHears : gateHears).includes(address.channel as never);
}
