import { z } from 'zod';
import { CarId, EventId, GateId, RaceId } from '../brand.js';
import { CarEvent, CarPresence, CarState, Preview, StopAll, Telemetry } from '../messages/index.js';
import { LogRecord, RaceCommand, RaceSetup, RaceState, Stamp } from '../race/index.js';
import { EStop, Rival } from './cars.js';
import { GateTrouble } from './gates.js';
import { ErrorBody } from './leaderboard.js';
import { InvitationKey, OnlineRace } from './online-races.js';
import { EventShow } from './show.js';
import { Submission } from './submissions.js';

/** POST /api/v1/races → 201 CommandOutcome. Idempotent by `race` and `commandId`. */
export const CreateRace = z.object({ race: RaceId, commandId: z.uuid(), setup: RaceSetup });
export type CreateRace = z.infer<typeof CreateRace>;
export type CreateRaceInput = z.input<typeof CreateRace>;

/** GET /api/v1/races: those in person, and the online ones that whoever asks may see. */
export const RaceList = z.object({
  races: z.array(
    z.object({
      race: RaceId,
      name: z.string(),
      phase: RaceState.shape.phase,
    }),
  ),
  online: z.array(OnlineRace).default([]),
});
export type RaceList = z.infer<typeof RaceList>;

/** POST /api/v1/races/{race}/commands. `seen` is the version (`RaceState.seq`) that the marshal's page showed. */
export const GiveCommand = z.object({
  commandId: z.uuid(),
  seen: z.number().int().nonnegative(),
  command: RaceCommand,
});
export type GiveCommand = z.infer<typeof GiveCommand>;
export type GiveCommandInput = z.input<typeof GiveCommand>;

/**
 * What became of it. Refused ones are errors: 409 `race-conflict` (details: `seq`, `changes`: the records since
 * `seen`) and 409 `race-refused` (not in this state).
 */
export const CommandOutcome = z.object({
  commandId: z.uuid(),
  /** The same command came before; nothing was done twice. */
  repeated: z.boolean(),
  records: z.array(LogRecord),
  seq: z.number().int().nonnegative(),
});
export type CommandOutcome = z.infer<typeof CommandOutcome>;

/** GET /api/v1/races/{race}/log?after=0&limit=1000, oldest first. */
export const LogPage = z.object({ records: z.array(LogRecord), seq: z.number().int().nonnegative() });
export type LogPage = z.infer<typeof LogPage>;

/** What a client says on the WebSocket /api/v1/live, one JSON object a message. */
export const LiveRequest = z.discriminatedUnion('type', [
  /** Streams the race's log from the record after `after`: 0 for all, the last seq seen to resume. */
  z.object({ type: z.literal('follow'), race: RaceId, after: z.number().int().nonnegative() }),
  z.object({ type: z.literal('unfollow'), race: RaceId }),
  /** Replaces the cars that are watched. */
  z.object({ type: z.literal('watch'), cars: z.array(CarId).max(100) }),
  /** Replaces the cars whose pictures are wanted, for whoever looks after cars: they send them only while asked. */
  z.object({ type: z.literal('preview'), cars: z.array(CarId).max(4), token: z.string().max(200).optional() }),
  /** Who speaks from here on: browsers send no header with a WebSocket. */
  z.object({ type: z.literal('identify'), token: z.string().min(1).max(200) }),
  /** Says how an online race and one's own submissions in it are, now and whenever that changes. */
  z.object({ type: z.literal('follow-online'), race: RaceId, invitation: InvitationKey.optional() }),
  z.object({ type: z.literal('unfollow-online'), race: RaceId }),
  /** Says what an event's screens show, now and whenever somebody wants something else. */
  z.object({ type: z.literal('follow-show'), event: EventId }),
  z.object({ type: z.literal('unfollow-show'), event: EventId }),
]);
export type LiveRequest = z.infer<typeof LiveRequest>;

/** What the server says there. Log records come each once, in order, without a gap; telemetry may be dropped. */
export const LiveMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('log'), race: RaceId, records: z.array(LogRecord).min(1) }),
  z.object({ type: z.literal('telemetry'), car: CarId, telemetry: Telemetry }),
  z.object({ type: z.literal('preview'), car: CarId, preview: Preview }),
  /** It felt something: whoever is connected hears it once. */
  z.object({ type: z.literal('car-event'), car: CarId, event: CarEvent }),
  z.object({ type: z.literal('car-state'), car: CarId, state: CarState }),
  z.object({ type: z.literal('car-presence'), car: CarId, presence: CarPresence }),
  /** The desk keeps an emergency stop for the car; null: somebody cleared it. Told of every watched car. */
  z.object({ type: z.literal('car-e-stop'), car: CarId, eStop: EStop.nullable() }),
  /** Another computer says that it is this car; null: it is gone. Told of every watched car. */
  z.object({ type: z.literal('car-rival'), car: CarId, rival: Rival.nullable() }),
  /** Somebody stopped all cars: to everyone, when the orders are out and whenever a car has answered. */
  z.object({ type: z.literal('stop-all'), stop: StopAll }),
  /** The controller's clock now: on connect and every second. What a running clock is computed from, and a sign of life. */
  z.object({ type: z.literal('clock'), now: Stamp }),
  /** A gate cannot be relied on now, or (null) can again: all gates on connect, then each change within a second. */
  z.object({ type: z.literal('gate-trouble'), gate: GateId, trouble: GateTrouble.nullable() }),
  /** Logs cannot be written (`held` crossings wait for it), or can again. Nothing is confirmed meanwhile. */
  z.object({ type: z.literal('storage'), ok: z.boolean(), held: z.number().int().nonnegative(), message: z.string() }),
  z.object({ type: z.literal('online-race'), race: RaceId, state: OnlineRace }),
  /** One's own; to the race's organizer, all. Each is the whole of what it is now. */
  z.object({ type: z.literal('submissions'), race: RaceId, submissions: z.array(Submission).min(1) }),
  z.object({ type: z.literal('show'), show: EventShow }),
  z.object({ type: z.literal('error'), error: ErrorBody.shape.error }),
]);
export type LiveMessage = z.infer<typeof LiveMessage>;
