import type { CarProfile } from '@pitwall/firmware-config';
import { now } from '@pitwall/runtime';
import { RemoteCalibration } from '../calibration/index.js';
import type { AgentConfig } from '../config/index.js';
import type { Car, LoadedPolicy } from '../driving/index.js';
import { CarriedModels, Garage, type GarageParts } from '../garage/index.js';
import { controllerOf, type LinkSettings } from '../link/index.js';
import { type LoadedModel, loadModel } from '../model/index.js';
import { ModelStore } from '../model-store/index.js';
import type { TrackLink } from './track-link.js';

export interface GarageOf {
  readonly garage: Garage;
  /** What this car drives by first: the model that it drove by last, else the configured one. */
  readonly firstModel: () => Promise<LoadedModel | undefined>;
}

interface Parts {
  readonly car: Car;
  /** Of the track's link as it is configured; undefined on a car that drives alone. */
  readonly settings: LinkSettings | undefined;
  readonly link: TrackLink;
  readonly prepare: (model: LoadedModel) => LoadedPolicy;
  readonly light: GarageParts['light'];
  readonly say: (line: string) => void;
  readonly restart: () => void;
}

/** What the pit crew has to do with this car: its models, its calibration, its light. */
export function openGarage(
  { link: linked, model, models, calibration }: AgentConfig,
  profile: CarProfile,
  { car, settings, link, prepare, light, say, restart }: Parts,
): GarageOf {
  const carried = new CarriedModels({
    car,
    store: new ModelStore(models.folder, models.quota * 2 ** 20),
    folder: models.folder,
    quota: models.quota * 2 ** 20,
    stick: models.stick,
    controller: linked === undefined || settings === undefined ? undefined : controllerOf(linked, settings),
    prepare,
    say,
    onChange: () => {
      link.publishPresence();
      link.publishState();
    },
  });
  const remoteCalibration = new RemoteCalibration({ car, profile, file: calibration, now, epoch: Date.now, say });
  return {
    garage: new Garage({ car, models: carried, calibration: remoteCalibration, light, restart }),
    firstModel: async () => {
      if ((await carried.start()) || model === undefined) return undefined;
      return await loadModel(model);
    },
  };
}
