/**
 * A text file's contents, without the mark that editors put before it. UTF-16, as PowerShell's `>` writes it, is known by that
 * mark or by its zeros: what these files hold is mostly ASCII.
 * @throws TypeError with `fatal`, where bytes are none of the encoding's
 */
export function decodeText(bytes: Uint8Array, { fatal = false }: { fatal?: boolean } = {}): string {
  const [a, b] = bytes;
  const encoding =
    (a === 0xff && b === 0xfe) || (a !== 0 && b === 0)
      ? 'utf-16le'
      : (a === 0xfe && b === 0xff) || (a === 0 && b !== 0)
        ? 'utf-16be'
        : 'utf-8';
  // A decoder drops the mark by itself.
  return new TextDecoder(encoding, { fatal }).decode(bytes);
}
