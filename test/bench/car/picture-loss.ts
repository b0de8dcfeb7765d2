import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openDecoder, openPictureEncoder } from '@pitwall/agent/hardware';
import { loadModel } from '@pitwall/agent/model';
import { World } from '@pitwall/agent/simulator';
import type { Micros } from '@pitwall/protocol';
import { parseTrack } from '@pitwall/protocol/track';
import type { Report } from '../report.js';

const archive = fileURLToPath(new URL('../../../../agent/models/sample.tar.gz', import.meta.url));
const trackFile = fileURLToPath(import.meta.resolve('@pitwall/protocol/tracks/oval.json'));
const pictures = 300;

/** How often a recording's JPEG makes the sample model decide otherwise than on what it saw, once around the oval. */
export async function pictureLoss(report: Report): Promise<void> {
  const [{ policy }, encoder, decoder] = await Promise.all([
    loadModel(archive),
    openPictureEncoder('jpeg'),
    openDecoder(),
  ]);
  try {
    const track = parseTrack(readFileSync(trackFile, 'utf8'), 'the oval');
    const world = new World({ track });
    const plane = new Uint8Array(160 * 120);
    let [otherwise, moved] = [0, 0];
    for (let number = 0; number < pictures; number += 1) {
      world.place(world.startPose((number * track.lengthM) / pictures));
      world.renderGrey(plane);
      const seen = await policy.decide({ camera: plane });
      const { data } = encoder.encode(plane);
      const frame = { at: 0 as Micros, format: 'mjpeg', width: 160, height: 120, data } as const;
      const again = await policy.decide({ camera: await decoder.decode(frame) });
      if (seen.action.index !== again.action.index) otherwise += 1;
      for (const [i, value] of again.output.entries()) moved = Math.max(moved, Math.abs(value - seen.output[i]!));
    }
    report({
      figure: 'JPEG recordings: the model that drove would decide otherwise',
      value: (100 * otherwise) / pictures,
      unit: '% of frames',
      bar: 'stated',
      ok: true,
    });
    report({
      figure: 'JPEG recordings: a probability moves by at most',
      value: moved,
      unit: '',
      bar: 'stated',
      ok: true,
    });
  } finally {
    encoder.close();
    decoder.close();
    await policy.close();
  }
}
