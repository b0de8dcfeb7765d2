import { z } from 'zod';
import { EpochMs, Sha256 } from '../brand.js';
import { errorCodes } from '../error-codes.js';
import type { ErrorCode } from '../errors.js';
import { LoadedModel } from './presence.js';

/** A model that a car carries, to be loaded with no network. */
export const CarriedModel = z.object({
  ...LoadedModel.shape,
  bytes: z.number().int().nonnegative(),
  /** `staging`: on its way, or being checked and converted. */
  state: z.enum(['staging', 'ready']),
});
export type CarriedModel = z.infer<typeof CarriedModel>;

/** A file on a stick in the car that is no model it could drive by, as long as it is there. */
export const RefusedModel = z.object({
  /** Its path on the stick. */
  file: z.string().max(300),
  code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]),
  /** What is wrong with it, and what to do. */
  message: z.string().max(2000),
});
export type RefusedModel = z.infer<typeof RefusedModel>;

const share = z.number().min(0).max(1);

/** Where the wheels and the motor belong: the pit crew shows the car each point. */
export const CalibrationPoint = z.enum(['center', 'left', 'right', 'stop', 'forward', 'reverse']);
export type CalibrationPoint = z.infer<typeof CalibrationPoint>;

/** A car under calibration. Pulse widths in ns. */
export const CalibrationView = z.object({
  points: z.record(CalibrationPoint, z.number().int()),
  polarity: z.object({
    steering: z.union([z.literal(1), z.literal(-1)]),
    motor: z.union([z.literal(1), z.literal(-1)]),
  }),
  /** Of the file that was saved last; 0 for none. */
  version: z.number().int().nonnegative(),
});
export type CalibrationView = z.infer<typeof CalibrationView>;

/** A calibration that a car keeps; the one with the highest version is in force. */
export const KeptCalibration = z.object({ ...CalibrationView.shape, at: EpochMs, who: z.string() });
export type KeptCalibration = z.infer<typeof KeptCalibration>;

/** The text of a stock car's calibration.json. */
const StockCalibrationText = z.string().min(1).max(4096);

/** The steps of a calibration. The motor turns for half a second: it is shown again while a hand is there. */
export const CalibrationStep = z.discriminatedUnion('do', [
  /** The car must be disarmed, and stand with its wheels in the air. */
  z.object({ do: z.literal('begin'), wheelsUp: z.literal(true) }),
  z.object({ do: z.literal('show'), point: CalibrationPoint }),
  /** Moves the point by so many ns, and shows it. */
  z.object({ do: z.literal('nudge'), point: CalibrationPoint, by: z.number().int().min(-50_000).max(50_000) }),
  /** The other way round: left and right, or forward and reverse, change places. */
  z.object({ do: z.literal('flip'), output: z.enum(['steering', 'motor']) }),
  /** The hand let go: neutral at once. */
  z.object({ do: z.literal('rest') }),
  z.object({ do: z.literal('save') }),
  z.object({ do: z.literal('cancel') }),
  /** What is kept. This and the following need no `begin`. */
  z.object({ do: z.literal('list') }),
  /** An earlier version becomes the newest. The car must be disarmed; a calibration under way ends unsaved. */
  z.object({ do: z.literal('restore'), version: z.number().int().positive() }),
  /** A stock car's becomes the newest, as `restore` does it. */
  z.object({ do: z.literal('import'), stock: StockCalibrationText }),
  /** What is in force, as the stock car's software reads it. */
  z.object({ do: z.literal('export') }),
]);
export type CalibrationStep = z.infer<typeof CalibrationStep>;

/** What the answer to a step carries. */
export const CalibrationAnswer = z.object({
  /** To every step of a calibration, and to `restore` and `import`. */
  calibration: CalibrationView.optional(),
  /** To `list`, the oldest first; the 50 newest. */
  calibrations: z.array(KeptCalibration).optional(),
  /** To `export`. */
  stock: StockCalibrationText.optional(),
});
export type CalibrationAnswer = z.infer<typeof CalibrationAnswer>;

/** What the pit crew does with a car that does not drive. */
export const GarageAction = z.discriminatedUnion('type', [
  /** Fetch the archive from the controller, check and convert it. Answered when it is ready, or refused. */
  z.object({ type: z.literal('stage'), hash: Sha256, name: LoadedModel.shape.name, bytes: CarriedModel.shape.bytes }),
  /** A staged model takes over; no network is needed. */
  z.object({ type: z.literal('load'), hash: Sha256 }),
  z.object({ type: z.literal('delete-model'), hash: Sha256 }),
  z.object({ type: z.literal('calibrate'), step: CalibrationStep }),
  /** null: as the car itself wants it. */
  z.object({ type: z.literal('light'), colour: z.object({ red: share, green: share, blue: share }).nullable() }),
  /** Blinks. */
  z.object({ type: z.literal('identify'), seconds: z.number().min(1).max(60).default(10) }),
  /** The agent ends; its supervisor starts it again. */
  z.object({ type: z.literal('restart') }),
]);
export type GarageAction = z.infer<typeof GarageAction>;

const garageTypes: readonly string[] = GarageAction.options.map(({ shape }) => shape.type.value);
export const isOfGarage = (action: { readonly type: string }): action is GarageAction =>
  garageTypes.includes(action.type);
