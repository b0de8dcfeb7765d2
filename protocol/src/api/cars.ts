import { z } from 'zod';
import { CarId, EpochMs, Sha256 } from '../brand.js';
import {
  CarAction,
  CarPresence,
  CarReply,
  CarState,
  LoadedModel,
  RecordingInfo,
  StopAll,
  StopAnswer,
  Telemetry,
} from '../messages/index.js';

/**
 * The emergency stop that the desk keeps for a car: sent again to every new session of it until somebody clears it, also after
 * the controller was started again.
 */
export const EStop = z.object({
  since: EpochMs,
  /** Who pressed it. */
  by: z.string().min(1).max(100),
  /** What the car said to it last. */
  answered: StopAnswer,
});
export type EStop = z.infer<typeof EStop>;

/** A computer as people find it. */
export const Machine = z.object({ host: z.string().nullable(), address: z.string().nullable() });
export type Machine = z.infer<typeof Machine>;
/** Another computer that says that it is the same car or gate; it is not let in while the first is there. */
export const Rival = z.object({ ...Machine.shape, since: EpochMs });
export type Rival = z.infer<typeof Rival>;

/** GET /api/v1/cars: what was heard of each car; null where nothing was. */
export const CarOverview = z.object({
  car: CarId,
  presence: CarPresence.nullable(),
  state: CarState.nullable(),
  telemetry: Telemetry.nullable(),
  eStop: EStop.nullable(),
  /** The computer that is this car. */
  machine: Machine.nullable(),
  rival: Rival.nullable(),
});
export type CarOverview = z.infer<typeof CarOverview>;
export const CarList = z.object({ cars: z.array(CarOverview) });
export type CarList = z.infer<typeof CarList>;

/** POST /api/v1/cars/{car}/commands */
export const GiveCarCommand = z.object({ action: CarAction });
export type GiveCarCommand = z.infer<typeof GiveCarCommand>;

/** What the car answered when it did it. A refusal is an error with the car's own code. */
export const CarOutcome = CarReply.pick({
  safety: true,
  calibration: true,
  calibrations: true,
  stock: true,
  armable: true,
  recordings: true,
  wallClock: true,
  part: true,
});
export type CarOutcome = z.infer<typeof CarOutcome>;

/** POST /api/v1/cars/stop: every car has answered, or is silent. */
export const StopOutcome = StopAll;
export type StopOutcome = z.infer<typeof StopOutcome>;

/** GET /api/v1/cars/{car}/recordings: what its black box holds, the oldest first. */
export const RecordingList = z.object({ recordings: z.array(RecordingInfo) });
export type RecordingList = z.infer<typeof RecordingList>;

/** An archive that the pit crew uploaded. POST /api/v1/models?name=…, GET /api/v1/models */
export const UploadedModel = z.object({
  hash: Sha256,
  name: LoadedModel.shape.name,
  bytes: z.number().int().nonnegative(),
  uploadedBy: z.string(),
  uploadedAt: EpochMs,
});
export type UploadedModel = z.infer<typeof UploadedModel>;
export const ModelList = z.object({ models: z.array(UploadedModel) });
export type ModelList = z.infer<typeof ModelList>;
