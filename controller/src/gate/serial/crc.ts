/** CRC-16/XMODEM (polynomial 0x1021, from 0), as avr-libc's `_crc_xmodem_update` makes it. */
export function crc16(text: string): number {
  let crc = 0;
  for (let i = 0; i < text.length; i++) {
    crc ^= (text.charCodeAt(i) & 0xff) << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) !== 0 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}

/** A line with its sum and newline, as the lap gate and its computer speak. */
export const sealed = (text: string): string => `${text} ${crc16(text).toString(16).padStart(4, '0')}\n`;

/** The text of a line without its newline; undefined where the sum does not fit. */
export function unsealed(line: string): string | undefined {
  const text = line.slice(0, -5);
  return line.length > 5 && sealed(text) === `${line}\n` ? text : undefined;
}
