import type { CarSnapshot } from '../driving/index.js';
import type { Picture } from '../hardware/index.js';
import type { Recorded } from './channels.js';

export const pictureRecord = (frame_id: string, { format, data }: Picture): Recorded['camera'] => ({
  ...{ frame_id, format },
  data: Buffer.from(data.buffer, data.byteOffset, data.length).toString('base64'),
});

export function stateRecord(state: CarSnapshot): Recorded['state'] {
  const { safety, reason, manual, flag, model, throttleScale, throttleScaleNow } = state;
  return {
    safety,
    ...(reason === null ? {} : { reason }),
    ...{ manual, flag },
    ...(model === null ? {} : { model: model.hash }),
    ...{ throttleScale, throttleScaleNow },
  };
}
