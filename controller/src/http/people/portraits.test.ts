import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, freshDatabase } from '../../../testing/databases.js';
import { hour } from '../../../testing/event-setups.js';
import { resultOf, virtual } from '../../../testing/results.js';
import { type Ask, startWhole, type WholeController } from '../../../testing/whole-controller.js';

const secret = 'where-I-live';
/** Red above green, lying on its side as a phone's sensor has it, and with everything that a phone writes beside it. */
const photograph = async (width = 400, height = 300): Promise<Buffer> => {
  const top = await sharp({ create: { width, height: height / 2, channels: 3, background: '#f00' } })
    .png()
    .toBuffer();
  return await sharp({ create: { width, height, channels: 3, background: '#0f0' } })
    .composite([{ input: top, left: 0, top: 0 }])
    .withExif({ IFD0: { ImageDescription: secret, Artist: secret }, IFD3: { GPSLatitude: '52/1 22/1 12/1' } })
    .withMetadata({ orientation: 6 })
    .withXmp(
      `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="${secret}"/></rdf:RDF></x:xmpmeta>`,
    )
    .jpeg()
    .toBuffer();
};
const file = (bytes: Buffer | string) => new Blob([typeof bytes === 'string' ? bytes : new Uint8Array(bytes)]);
const frames = async (): Promise<Buffer> => {
  const frame = { width: 8, height: 8, channels: 3 as const };
  const two = ['#f00', '#00f'].map((background) =>
    sharp({ create: { ...frame, background } })
      .png()
      .toBuffer(),
  );
  return await sharp(await Promise.all(two), { join: { animated: true } })
    .webp()
    .toBuffer();
};
/** As the APNG specification has it: a chunk before the pixels says how many frames there are. */
const animatedPng = async (): Promise<Buffer> => {
  const still = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#f00' } })
    .png()
    .toBuffer();
  const control = Buffer.concat([Buffer.from([0, 0, 0, 8]), Buffer.from('acTL'), Buffer.alloc(12)]);
  return Buffer.concat([still.subarray(0, 33), control, still.subarray(33)]);
};
/** A few bytes that say they are 30,000 × 30,000 pixels. */
const bomb = async (): Promise<Buffer> => {
  const small = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#f00' } })
    .png()
    .toBuffer();
  small.writeUInt32BE(30_000, 16);
  small.writeUInt32BE(30_000, 20);
  return small;
};

type Refused = readonly [what: string, make: () => Promise<Buffer | string>, sentence: RegExp];
const refused: readonly Refused[] = [
  [
    'a drawing that may hold a script',
    async () => '<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
    /PNG, JPEG or WebP/,
  ],
  ['an animation of old', async () => 'GIF89a\x07\0\x05\0', /PNG, JPEG or WebP/],
  ['an animated WebP', frames, /moves/],
  ['an animated PNG', animatedPng, /moves/],
  ['one that says it is huge', bomb, /30000 × 30000 pixels; make it no wider and no higher than 4096/],
  ['half a photograph', async () => (await photograph()).subarray(0, -200), /damaged, or cut short/],
];

describe.each(engines)('on %s', (engine) => {
  let hall: WholeController;
  let olga: Ask & { racer: string };
  let ann: Ask & { racer: string };
  const send = async (ask: Ask, bytes: Buffer | string) => await ask('PUT', '/api/v1/account/picture', file(bytes));
  const shownOf = async (racer: string): Promise<string | undefined> =>
    (await hall.visitor()('GET', `/api/v1/racers/${racer}/profile`)).body.picture;
  const load = async (racer: string, picture: string) =>
    await fetch(`${hall.url}/api/v1/racers/${racer}/picture/${picture}`);

  beforeAll(async () => {
    hall = await startWhole({ database: await freshDatabase(engine) });
    olga = await hall.person('Olga', 'organizer');
    ann = await hall.person('Ann');
  }, 60_000);
  afterAll(() => hall?.stop());

  it('keeps the pixels of a photograph, upright and square, and nothing else of it', async () => {
    const original = await photograph();
    expect(original.includes(secret)).toBe(true);
    const { status, body } = await send(ann, original);
    expect(status, JSON.stringify(body)).toBe(200);
    const answer = await load(ann.racer, body.picture);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/webp',
      'x-content-type-options': 'nosniff',
    });
    const kept = Buffer.from(await answer.arrayBuffer());
    const { format, width, height, exif, xmp, icc, orientation } = await sharp(kept).metadata();
    expect({ format, width, height, exif, xmp, icc, orientation }).toEqual({ format: 'webp', width: 256, height: 256 });
    for (const trace of [secret, 'GPS', 'EXIF', 'XMP ']) expect(kept.includes(trace), trace).toBe(false);
    // Turned by a quarter: what was above is at the right.
    const at = async (left: number) =>
      [...(await sharp(kept).extract({ left, top: 128, width: 1, height: 1 }).raw().toBuffer())].slice(0, 2);
    expect((await at(250))[0]).toBeGreaterThan(200);
    expect((await at(5))[1]).toBeGreaterThan(200);
  });

  it('takes PNG and WebP as well, the newest in the place of the one before', async () => {
    const before = await shownOf(ann.racer);
    for (const format of ['png', 'webp'] as const) {
      const bytes = await sharp({ create: { width: 20, height: 40, channels: 4, background: '#00f8' } })
        .toFormat(format)
        .toBuffer();
      const { body } = await send(ann, bytes);
      expect(await shownOf(ann.racer)).toBe(body.picture);
    }
    expect((await load(ann.racer, before ?? '')).status).toBe(404);
  });

  it.each(refused)('refuses %s in a sentence, and the one before stays', async (_, make, sentence) => {
    const before = await shownOf(ann.racer);
    const { status, body } = await send(ann, await make());
    expect([status, body.error.code]).toEqual([409, 'picture-invalid']);
    expect(body.error.message).toMatch(sentence);
    expect(await shownOf(ann.racer)).toBe(before);
  });

  it('refuses a file of more than 4 MiB before it reads it', async () => {
    expect((await send(ann, Buffer.alloc(4 * 2 ** 20 + 1))).status).toBe(413);
  });

  it('is shown beside the name on boards, at once', async () => {
    const board = { id: 'cup', name: 'Cup', ranking: { by: 'best-lap' }, signatures: 'optional', writers: ['hall'] };
    await olga('POST', '/api/v1/leaderboards', board);
    await olga('POST', '/api/v1/leaderboards/cup/results', resultOf(ann.racer, 9_000, { provenance: virtual }));
    const onBoard = async () =>
      (await hall.visitor()('GET', '/api/v1/leaderboards/cup/standings')).body.virtual[0].picture;
    const before = await onBoard();
    expect(before).toBe(await shownOf(ann.racer));
    const { body } = await send(ann, await photograph(64, 64));
    expect(body.picture).not.toBe(before);
    expect(await onBoard()).toBe(body.picture);
  });

  it('goes when its racer takes it away, or an organizer does, and nobody else', async () => {
    const { body } = await send(ann, await photograph());
    const ben = await hall.person('Ben');
    expect((await ben('DELETE', `/api/v1/racers/${ann.racer}/picture`)).status).toBe(403);
    await ben('DELETE', '/api/v1/account/picture');
    expect(await shownOf(ann.racer)).toBe(body.picture);
    expect((await olga('DELETE', `/api/v1/racers/${ann.racer}/picture`)).status).toBe(204);
    expect(await shownOf(ann.racer)).toBeUndefined();
    expect((await load(ann.racer, body.picture)).status).toBe(404);
    await send(ann, await photograph());
    expect((await ann('DELETE', '/api/v1/account/picture')).status).toBe(204);
    expect(await shownOf(ann.racer)).toBeUndefined();
  });

  it('is none of somebody under age whose name is not shown', async () => {
    const now = Date.now();
    await olga('POST', '/api/v1/events', {
      event: 'day',
      commandId: randomUUID(),
      setup: { name: 'Day', joining: 'open', startsAt: now - hour, endsAt: now + hour },
    });
    const join = async (more: object) => {
      const ask = hall.visitor();
      const { status, body } = await ask('POST', '/api/v1/events/day/join', { guardian: 'M. Meier', ...more });
      expect(status, JSON.stringify(body)).toBe(201);
      return await send(ask, await photograph());
    };
    const hidden = await join({ alias: 'Mia' });
    expect([hidden.status, hidden.body.error.code]).toEqual([403, 'access-denied']);
    expect((await join({ alias: 'Kim', showAlias: true })).status).toBe(200);
  });
});
