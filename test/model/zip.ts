import { crc32, deflateRawSync } from 'node:zlib';

/** A zip as APPNOTE.TXT has it; `flag` and `method` as its directory names them. */
export function zipOf(
  files: Readonly<Record<string, Uint8Array | string>>,
  { method = 8, flag = 0x800, mode = 0o100644 } = {},
): Buffer {
  const [bodies, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const [name, given] of Object.entries(files)) {
    const [content, title] = [Buffer.from(given as string), Buffer.from(name)];
    const packed = method === 8 ? deflateRawSync(content) : content;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flag, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(title.length, 22);
    const [local, central, rest] = [Buffer.from('PK\u0003\u0004'), Buffer.from('PK\u0001\u0002'), Buffer.alloc(14)];
    rest.writeUInt32LE((mode << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    bodies.push(local, common, title, packed);
    directory.push(central, Buffer.from([20, 3]), common, rest, title);
    offset += 30 + title.length + packed.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006');
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, listed, end]);
}
