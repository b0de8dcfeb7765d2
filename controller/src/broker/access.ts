import {
  addressOf,
  type CarChannel,
  type GateChannel,
  isRetained,
  type RaceChannel,
  raceChannels,
  type StaffChannel,
  topics,
} from '@pitwall/protocol/messages';

/** Who a connection is, after its password was checked. */
export type Client =
  | { readonly of: 'controller' }
  | { readonly of: 'car'; readonly id: string }
  | { readonly of: 'gate'; readonly id: string }
  | { readonly of: 'staff'; readonly id: string; readonly role: StaffRole };

/** Those who may stop every car. */
const staffRoles = ['crew', 'marshal', 'organizer'] as const;
export type StaffRole = (typeof staffRoles)[number];

const carSays: readonly CarChannel[] = ['presence', 'state', 'telemetry', 'event', 'preview', 'reply'];
const carHears: readonly CarChannel[] = ['command'];
const gateSays: readonly GateChannel[] = ['presence', 'crossing', 'sync', 'stop'];
const gateHears: readonly GateChannel[] = ['ack', 'sync', 'stopped'];
const staffSays: readonly StaffChannel[] = ['stop'];
const staffHears: readonly StaffChannel[] = ['stopped'];
const says = { car: carSays, gate: gateSays, staff: staffSays } as const;
const hears = { car: carHears, gate: gateHears, staff: staffHears } as const;
const everyoneHears = raceChannels.map((channel: RaceChannel) => topics.everyRace(channel));
/** For its black box. */
const carsHear = [topics.everyGate('crossing')];

/** `car:ID`, `gate:ID`, `marshal:NAME` (or another role of the staff) or `controller`; undefined for anything else. */
export function clientOf(username: string | undefined): Client | undefined {
  if (username === 'controller') return { of: 'controller' };
  const [, role, id] = /^(\w+):(.+)$/.exec(username ?? '') ?? [];
  if (role === undefined || id === undefined) return undefined;
  if (role === 'car' || role === 'gate') return { of: role, id };
  return isOfStaff(role) ? { of: 'staff', id, role } : undefined;
}

const isOfStaff = (role: string): role is StaffRole => (staffRoles as readonly string[]).includes(role);

/**
 * Whether a client may publish there. Each speaks on its own topics; the controller on all of ours. Only state and
 * presence may be retained: a retained command would fire at whoever connects next.
 */
export function maySay(client: Client, topic: string, retained: boolean): boolean {
  const address = addressOf(topic);
  if (address === undefined || (retained && !isRetained(address.channel))) return false;
  if (client.of === 'controller') return true;
  if (address.of !== client.of || address.id !== client.id) return false;
  return (says[client.of] as readonly string[]).includes(address.channel);
}

/** Whether a client may subscribe: its own topics by their full name, the state and laps of races, a car all crossings. */
export function mayHear(client: Client, filter: string): boolean {
  if (client.of === 'controller') return filter.startsWith('pitwall/v1/');
  if (everyoneHears.includes(filter) || (client.of === 'car' && carsHear.includes(filter))) return true;
  const address = addressOf(filter);
  if (address === undefined) return false;
  if (address.of === 'race') return true;
  if (address.of !== client.of || address.id !== client.id) return false;
  return (hears[client.of] as readonly string[]).includes(address.channel);
}
