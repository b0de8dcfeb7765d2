import { z } from 'zod';
import { RaceId, Sha256 } from '../brand.js';
import { UploadedModel } from './cars.js';

/*
 * Models that belong to racers:
 *
 *   POST   /api/v1/account/models?name=…   the archive → 201 OwnModel       racer
 *   GET    /api/v1/account/models          → OwnModels                       racer
 *   DELETE /api/v1/account/models/{hash}   → 204                             racer
 *   GET    /api/v1/account/entries         → OwnEntries                      racer
 *   POST   /api/v1/races/{race}/entries    ChooseModel, or the archive of a LIVE race → 201 Entry   racer
 */

/** A model as its racer calls it. The same archive may be others' too, under their names; it is stored once. */
export const OwnModel = UploadedModel.omit({ uploadedBy: true });
export type OwnModel = z.infer<typeof OwnModel>;
export const OwnModels = z.object({ models: z.array(OwnModel) });

/** With a model that one uploaded before. */
export const ChooseModel = z.object({ model: Sha256 });

/** Races, in person and LIVE, into which one has entered or may enter, and with which model. */
export const OwnEntries = z.object({
  entries: z.array(
    z.object({
      race: RaceId,
      name: z.string(),
      kind: z.enum(['track', 'live']),
      entered: z.boolean(),
      /** Those that one may drive with; null: none yet. */
      model: z.object({ hash: Sha256, name: z.string() }).nullable(),
    }),
  ),
});
export type OwnEntries = z.infer<typeof OwnEntries>;

/** So many models a racer keeps here. */
export const ownModelsLimit = 50;
