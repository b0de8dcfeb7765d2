import { z } from 'zod';
import { CarId, EpochMs, Sha256 } from '../brand.js';
import {
  CarAction,
  CarPresence,
  CarReply,
  CarState,
  LoadedModel,
  RecordingInfo,
  Telemetry,
} from '../messages/index.js';

/** GET /api/v1/cars: what was heard of each car; null where nothing was. */
export const CarOverview = z.object({
  car: CarId,
  presence: CarPresence.nullable(),
  state: CarState.nullable(),
  telemetry: Telemetry.nullable(),
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
  recordings: true,
  part: true,
});
export type CarOutcome = z.infer<typeof CarOutcome>;

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
