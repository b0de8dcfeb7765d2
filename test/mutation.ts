/** What readers of text trip over. */
const nasty = [
  '-1',
  '0',
  '1e999',
  '99999999999999999999',
  'NaN',
  'null',
  '""',
  '[]',
  '{}',
  ',',
  ';',
  '\n',
  '\ufeff',
  '../../x',
];

/** A damaged copy: some bytes changed, cut out, doubled, or replaced by what readers trip over. */
export function mutated(fine: Uint8Array, next: () => number): Buffer {
  let bytes = Buffer.from(fine);
  const place = () => Math.floor(next() * bytes.length);
  const steps = 1 + Math.floor(next() * 4);
  for (let step = 0; step < steps && bytes.length > 0; step += 1) {
    const at = place();
    const span = 1 + Math.floor(next() ** 4 * Math.min(bytes.length - at, 4096));
    const kind = Math.floor(next() * 8);
    if (kind === 0) bytes[at] = Math.floor(next() * 256);
    else if (kind === 1) bytes[at] = (bytes[at] as number) ^ (1 << Math.floor(next() * 8));
    else if (kind === 2) bytes = bytes.subarray(0, at);
    else if (kind === 3) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + span)]);
    else if (kind === 4) bytes = Buffer.concat([bytes.subarray(0, at + span), bytes.subarray(at)]);
    else if (kind === 5) bytes.fill(next() < 0.5 ? 0xff : 0, at, at + span);
    else if (kind === 6) bytes.copy(bytes, at, place(), bytes.length);
    else {
      const word = Buffer.from(nasty[Math.floor(next() * nasty.length)] as string);
      bytes = Buffer.concat([bytes.subarray(0, at), word, bytes.subarray(at + (next() < 0.5 ? word.length : 0))]);
    }
  }
  return bytes;
}
