import type { CarId, GateId, RaceId } from '../brand.js';

const root = 'pitwall/v1';

export const carChannels = ['presence', 'state', 'telemetry', 'event', 'preview', 'command', 'reply'] as const;
export const gateChannels = ['presence', 'crossing', 'ack', 'sync', 'stop', 'stopped'] as const;
export const raceChannels = ['state', 'lap'] as const;
/** Of programs of the staff: whoever runs, sets up or looks after something here may stop every car. */
export const staffChannels = ['stop', 'stopped'] as const;
export type CarChannel = (typeof carChannels)[number];
export type GateChannel = (typeof gateChannels)[number];
export type RaceChannel = (typeof raceChannels)[number];
export type StaffChannel = (typeof staffChannels)[number];

/** The topic tree. Ids are checked where they come from (no wildcard can be in one). */
export const topics = {
  car: (car: CarId, channel: CarChannel): string => `${root}/cars/${car}/${channel}`,
  gate: (gate: GateId, channel: GateChannel): string => `${root}/gates/${gate}/${channel}`,
  race: (race: RaceId, channel: RaceChannel): string => `${root}/races/${race}/${channel}`,
  staff: (name: string, channel: StaffChannel): string => `${root}/staff/${name}/${channel}`,
  everyCar: (channel: CarChannel): string => `${root}/cars/+/${channel}`,
  everyRace: (channel: RaceChannel): string => `${root}/races/+/${channel}`,
  everyGate: (channel: GateChannel): string => `${root}/gates/+/${channel}`,
  everyStaff: (channel: StaffChannel): string => `${root}/staff/+/${channel}`,
} as const;

export type Address =
  | { readonly of: 'car'; readonly id: CarId; readonly channel: CarChannel }
  | { readonly of: 'gate'; readonly id: GateId; readonly channel: GateChannel }
  | { readonly of: 'race'; readonly id: RaceId; readonly channel: RaceChannel }
  | { readonly of: 'staff'; readonly id: string; readonly channel: StaffChannel };

const kinds = {
  cars: ['car', carChannels],
  gates: ['gate', gateChannels],
  races: ['race', raceChannels],
  staff: ['staff', staffChannels],
} as const;

/** What a topic addresses, or undefined where it is none of ours. */
export function addressOf(topic: string): Address | undefined {
  const [first, second, kind, id, channel, ...rest] = topic.split('/');
  if (`${first}/${second}` !== root || rest.length > 0 || id === undefined || channel === undefined) return undefined;
  if (kind !== 'cars' && kind !== 'gates' && kind !== 'races' && kind !== 'staff') return undefined;
  const [of, channels] = kinds[kind];
  if (!(channels as readonly string[]).includes(channel)) return undefined;
  return { of, id, channel } as Address;
}

/** Retained: state and presence. Never commands or stops, never telemetry. */
export function isRetained(channel: CarChannel | GateChannel | RaceChannel | StaffChannel): boolean {
  return channel === 'presence' || channel === 'state';
}
