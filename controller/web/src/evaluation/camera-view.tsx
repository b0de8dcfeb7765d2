import type { Replay } from '@pitwall/protocol/api';
import { useMemo, useRef } from 'react';
import { Soft } from '../shell/index.js';
import { words } from '../words/index.js';
import { Pictures } from './replay-timeline.js';
import { type Register, useMoment } from './use-moment.js';

/** What the model's camera saw, as coarsely as it was kept. */
export function CameraView({
  pictures,
  register,
}: {
  readonly pictures: Replay['pictures'];
  readonly register: Register;
}) {
  const unpacked = useMemo(() => (pictures === null ? null : new Pictures(pictures)), [pictures]);
  const canvas = useRef<HTMLCanvasElement>(null);
  const last = useRef<Uint8Array | undefined>(undefined);
  useMoment(register, ({ step }) => {
    const picture = unpacked?.at(step);
    const context = canvas.current?.getContext('2d');
    if (unpacked === null || context == null || picture === last.current || picture === undefined) return;
    last.current = picture;
    const image = context.createImageData(unpacked.width, unpacked.height);
    for (const [index, shade] of picture.entries()) image.data.set([shade, shade, shade, 255], 4 * index);
    context.putImageData(image, 0, 0);
  });
  if (unpacked === null) return <Soft>{words.evaluation.whatTheCameraSawIs}</Soft>;
  return (
    <div>
      <canvas
        ref={canvas}
        width={unpacked.width}
        height={unpacked.height}
        style={{
          display: 'block',
          width: '100%',
          aspectRatio: '4 / 3',
          borderRadius: '0.6rem',
          background: 'var(--night)',
        }}
        data-testid="camera"
      />
      <Soft>{words.evaluation.whatItsCameraSaw}</Soft>
    </div>
  );
}
