import {
  type CarChannel,
  CarCommand,
  CarEvent,
  CarPresence,
  CarReply,
  CarState,
  Crossing,
  CrossingAck,
  type GateChannel,
  GatePresence,
  GateSync,
  isRetained,
  LapMessage,
  Preview,
  type RaceChannel,
  RaceStateMessage,
  type StaffChannel,
  StopAll,
  StopRequest,
  Telemetry,
} from '@pitwall/protocol/messages';
import { z } from 'zod';

interface Channel {
  readonly schema: z.ZodType;
  /** Who publishes. */
  readonly from: 'agent' | 'gate' | 'controller' | 'controller and gate' | 'program of the staff';
}

const cars: Readonly<Record<CarChannel, Channel>> = {
  presence: { schema: CarPresence, from: 'agent' },
  state: { schema: CarState, from: 'agent' },
  telemetry: { schema: Telemetry, from: 'agent' },
  event: { schema: CarEvent, from: 'agent' },
  preview: { schema: Preview, from: 'agent' },
  command: { schema: CarCommand, from: 'controller' },
  reply: { schema: CarReply, from: 'agent' },
};
const gates: Readonly<Record<GateChannel, Channel>> = {
  presence: { schema: GatePresence, from: 'gate' },
  crossing: { schema: Crossing, from: 'gate' },
  ack: { schema: CrossingAck, from: 'controller' },
  sync: { schema: GateSync, from: 'controller and gate' },
  stop: { schema: StopRequest, from: 'gate' },
  stopped: { schema: StopAll, from: 'controller' },
};
const races: Readonly<Record<RaceChannel, Channel>> = {
  state: { schema: RaceStateMessage, from: 'controller' },
  lap: { schema: LapMessage, from: 'controller' },
};

const staff: Readonly<Record<StaffChannel, Channel>> = {
  stop: { schema: StopRequest, from: 'program of the staff' },
  stopped: { schema: StopAll, from: 'controller' },
};

/** The MQTT side as AsyncAPI 3, from the schemas and the topic tree. */
export function asyncApiDocument(): object {
  const channels: Record<string, object> = {};
  const operations: Record<string, object> = {};
  for (const [kind, id, all] of [
    ['cars', 'car', cars],
    ['gates', 'gate', gates],
    ['races', 'race', races],
    ['staff', 'name', staff],
  ] as const)
    for (const [name, { schema, from }] of Object.entries<Channel>(all)) {
      const key = `${kind === 'staff' ? kind : id}-${name}`;
      channels[key] = {
        address: `pitwall/v1/${kind}/{${id}}/${name}`,
        description: `Published by the ${from}${isRetained(name as CarChannel) ? ', retained' : ''}.`,
        parameters: { [id]: { description: descriptionOf(kind, id) } },
        messages: { [key]: { contentType: 'application/json', payload: z.toJSONSchema(schema, { io: 'input' }) } },
      };
      operations[`publish-${key}`] = { action: 'send', channel: { $ref: `#/channels/${key}` } };
    }
  return {
    asyncapi: '3.0.0',
    info: { title: 'Pitwall over MQTT', version: '1' },
    defaultContentType: 'application/json',
    channels,
    operations,
  };
}

const descriptionOf = (kind: string, id: string): string =>
  kind === 'staff'
    ? 'The name of who connected: a marshal, an organizer or one of the crew.'
    : `The id of the ${id}: lower-case letters, digits and hyphens.`;
