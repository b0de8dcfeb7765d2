/**
 * The picture a model is warmed up on: a dark floor, a light sky and two lines that meet at the horizon; the same on every
 * machine. `channels` planes, interleaved; a second camera sees the lines a little shifted.
 */
export function goldenImage(channels: number, width = 160, height = 120): Uint8Array {
  const image = new Uint8Array(width * height * channels);
  const horizon = height / 3;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      for (let plane = 0; plane < channels; plane += 1) {
        const depth = y - horizon;
        const spread = Math.abs(x - width / 2 + plane * 4) - depth * 0.9;
        const onLine = depth > 0 && Math.abs(spread) < 1 + depth * 0.06;
        const ground = 70 + ((x * 7 + y * 13) % 11);
        image[(y * width + x) * channels + plane] = onLine ? 235 : depth > 0 ? ground : 200 - y;
      }
    }
  }
  return image;
}
