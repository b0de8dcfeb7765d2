import { PitwallError } from '@pitwall/protocol';
import type { ShowPicture } from '@pitwall/protocol/api';

type Facts = Pick<ShowPicture, 'type' | 'width' | 'height'>;

/**
 * What a picture is by its own bytes, whatever its sender says: PNG (ISO/IEC 15948, IHDR), JPEG (ITU-T T.81 B.2.2, SOFn) or WebP
 * (RFC 9649). SVG is none: it may hold scripts. @throws PitwallError `picture-invalid`
 */
export function pictureFacts(bytes: Buffer): Facts {
  const facts = png(bytes) ?? jpeg(bytes) ?? webp(bytes);
  if (facts === undefined || facts.width < 1 || facts.height < 1)
    throw new PitwallError('picture-invalid', 'The file is no picture that every browser shows: PNG, JPEG or WebP.');
  return facts;
}

function png(bytes: Buffer): Facts | undefined {
  const isOne = bytes.length >= 33 && bytes.toString('latin1', 0, 8) === '\x89PNG\r\n\x1a\n';
  if (!isOne || bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  return { type: 'image/png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

function jpeg(bytes: Buffer): Facts | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 9 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] as number;
    // Fill bytes, and markers without a segment.
    if (marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    // SOF0 to SOF15 but for DHT, JPG and DAC.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { type: 'image/jpeg', height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

function webp(bytes: Buffer): Facts | undefined {
  const isOne =
    bytes.length >= 30 && bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP';
  if (!isOne) return undefined;
  const type = 'image/webp';
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return { type, width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21);
      return { type, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8X':
      return { type, width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
    default:
      return undefined;
  }
}
