import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { EventShow, LiveMessage } from '@pitwall/protocol/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { hour, makeTrackRace } from '../../../testing/event-setups.js';
import { type Ask, startWhole, type WholeController } from '../../../testing/whole-controller.js';
import { pictureFacts } from '../../pictures/index.js';

const code = ({ status, body }: { status: number; body: { error?: { code: string } } }) => [status, body.error?.code];
const bytes = (base64: string) => Buffer.from(base64, 'base64');
const webp = (chunk: Buffer) => {
  const head = Buffer.alloc(12);
  head.write('RIFF').toString();
  head.writeUInt32LE(chunk.length + 4, 4);
  head.write('WEBP', 8);
  return Buffer.concat([head, chunk, Buffer.alloc(16)]);
};
/** Of 7 × 5 pixels, as Chromium 150 writes them from a canvas. */
const drawn = {
  png: bytes(
    'iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFCAYAAACJmvbYAAAAKklEQVR4AYSLwQkAAAgCrf13LnuE0aNA4UTOAcQoUalTa9F7GoUuUTnNBAAA//+VQGQ5AAAABklEQVQDAJ4BAwtWwB2FAAAAAElFTkSuQmCC',
  ),
  lossy: webp(bytes('VlA4IBgAAAAwAQCdASoHAAUABABoJaQAA3AA/vOdgAA=')),
  lossless: webp(bytes('VlA4TBAAAAAvBgABEA8QEfMfYg4i+h8H')),
  extended: webp(bytes('VlA4WAoAAAAwAAAABgAABAAA')),
  // Without its colour profile.
  jpeg: bytes(
    '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/wAARCAAFAAcDASIAAhEBAxEB/9k=',
  ),
};

describe('a picture', () => {
  it.each([
    ['png', 'image/png'],
    ['jpeg', 'image/jpeg'],
    ['lossy', 'image/webp'],
    ['lossless', 'image/webp'],
    ['extended', 'image/webp'],
  ] as const)('%s is known by its own bytes', (name, type) => {
    expect(pictureFacts(drawn[name])).toEqual({ type, width: 7, height: 5 });
  });

  it('of this repository has the size that file(1) tells of it', () => {
    const file = readFileSync(new URL('../../../../docs/pictures/race.png', import.meta.url));
    expect(pictureFacts(file)).toEqual({ type: 'image/png', width: 1280, height: 800 });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a drawing that may hold a script', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')],
    ['an animation of old', Buffer.from('GIF89a\x07\0\x05\0', 'latin1')],
    ['half of one', drawn.jpeg.subarray(0, 40)],
    ['one that says it is a picture', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(50)])],
    ['one without width', Buffer.concat([drawn.png.subarray(0, 16), Buffer.alloc(30)])],
  ])('%s is none', (_, file) => {
    expect(() => pictureFacts(file)).toThrow(/PNG, JPEG or WebP/);
  });
});

/** What one page hears of an event's show. */
class Screen {
  readonly heard: EventShow[] = [];
  readonly #socket: WebSocket;
  #tell: () => void = () => undefined;

  constructor(url: string, event: string) {
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/live`);
    this.#socket.on('open', () => this.#socket.send(JSON.stringify({ type: 'follow-show', event })));
    this.#socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as LiveMessage;
      if (message.type !== 'show') return;
      this.heard.push(message.show);
      this.#tell();
    });
  }

  async until(is: (show: EventShow) => boolean): Promise<void> {
    while (!this.heard.some(is))
      await new Promise<void>((resolve) => {
        this.#tell = resolve;
      });
  }

  close(): void {
    this.#socket.terminate();
  }
}

describe('the show of an event', () => {
  let hall: WholeController;
  let olga: Ask & { racer: string };
  let carl: Ask & { racer: string };
  let rita: Ask & { racer: string };
  let nobody: Ask;
  const now = Date.now();
  const at = '/api/v1/events/show';

  beforeAll(async () => {
    hall = await startWhole();
    olga = await hall.person('Olga', 'organizer');
    carl = await hall.person('Carl');
    rita = await hall.person('Rita');
    nobody = hall.visitor();
    await makeTrackRace(olga, 'heat');
    await makeTrackRace(olga, 'other');
    const made = await olga('POST', '/api/v1/events', {
      event: 'show',
      commandId: randomUUID(),
      setup: {
        name: 'Show',
        startsAt: now - hour,
        endsAt: now + hour,
        program: [{ race: 'heat', startsAt: now, endsAt: now + hour }],
        staff: [{ name: carl.racer, role: 'commentator' }],
      },
    });
    expect(made.status).toBe(201);
  });
  afterAll(() => hall?.stop());

  it('is what its commentator says, on every screen at once; others only look', async () => {
    const screen = new Screen(hall.url, 'show');
    await screen.until(({ scene, race, at: since }) => scene === 'auto' && race === null && since === null);
    const shown = await carl('PUT', `${at}/show`, { scene: 'standings', race: 'heat' });
    expect([shown.status, shown.body.scene]).toEqual([200, 'standings']);
    await screen.until(({ scene, race }) => scene === 'standings' && race === 'heat');
    screen.close();
    expect((await nobody('GET', `${at}/show`)).body).toEqual(shown.body);
    expect(code(await carl('PUT', `${at}/show`, { scene: 'run', race: 'other' }))).toEqual([409, 'event-refused']);
    expect(code(await rita('PUT', `${at}/show`, { scene: 'nothing' }))).toEqual([403, 'access-denied']);
    expect(code(await nobody('PUT', `${at}/show`, { scene: 'nothing' }))).toEqual([401, 'access-unknown']);
    expect(code(await carl('PUT', '/api/v1/events/none/show', { scene: 'auto' }))).toEqual([404, 'not-found']);
    expect((await nobody('GET', `${at}/show`)).body.scene).toBe('standings');
  });

  it('has notes that its staff share, and nobody else reads', async () => {
    const note = { note: randomUUID(), text: 'Anna trained in Ulm' };
    expect((await carl('POST', `${at}/notes`, note)).body.notes).toMatchObject([{ ...note, by: 'Carl' }]);
    // Sent again because the answer was lost.
    await carl('POST', `${at}/notes`, note);
    await olga('POST', `${at}/notes`, { note: randomUUID(), text: 'Lunch at one' });
    const { notes } = (await olga('GET', `${at}/notes`)).body;
    expect(notes.map(({ text, by }: { text: string; by: string }) => [text, by])).toEqual([
      ['Lunch at one', 'Olga'],
      ['Anna trained in Ulm', 'Carl'],
    ]);
    expect(code(await rita('GET', `${at}/notes`))).toEqual([403, 'access-denied']);
    expect(code(await nobody('GET', `${at}/notes`))).toEqual([401, 'access-unknown']);
    expect(code(await rita('DELETE', `${at}/notes/${note.note}`))).toEqual([403, 'access-denied']);
    expect((await olga('DELETE', `${at}/notes/${note.note}`)).body.notes).toHaveLength(1);
    expect(code(await carl('POST', `${at}/notes`, { note: randomUUID(), text: ' ' }))).toEqual([
      400,
      'message-invalid',
    ]);
  });

  it('has its sponsors’ pictures, which its organizer alone chooses', async () => {
    const send = async (ask: Ask, name: string, file: Buffer) =>
      await ask('POST', `${at}/pictures?name=${encodeURIComponent(name)}`, new Blob([new Uint8Array(file)]));
    const screen = new Screen(hall.url, 'show');
    const kept = await send(olga, 'Müller & Söhne', drawn.png);
    expect(kept.status).toBe(201);
    await screen.until(({ pictures }) => pictures.length === 1);
    screen.close();
    const [picture] = kept.body.pictures;
    expect(picture).toMatchObject({ name: 'Müller & Söhne', type: 'image/png', width: 7, height: 5 });
    const file = await fetch(`${hall.url}${at}/pictures/${picture.hash}`);
    expect(Buffer.from(await file.arrayBuffer())).toEqual(drawn.png);
    expect(file.headers.get('content-type')).toBe('image/png');
    expect(file.headers.get('x-content-type-options')).toBe('nosniff');
    expect(code(await send(carl, 'Mine', drawn.png))).toEqual([403, 'access-denied']);
    expect(code(await send(olga, 'Script', Buffer.from('<svg/>')))).toEqual([409, 'picture-invalid']);
    expect(code(await send(olga, 'Huge', Buffer.alloc(2 * 2 ** 20 + 1)))).toEqual([413, 'request-refused']);
    const wide = Buffer.from(drawn.png);
    wide.writeUInt32BE(5000, 16);
    expect(code(await send(olga, 'Wide', wide))).toEqual([409, 'picture-invalid']);
    for (let width = 1; width < 24; width += 1) {
      const other = Buffer.from(drawn.png);
      other.writeUInt32BE(width + 10, 16);
      expect((await send(olga, `No. ${width}`, other)).status).toBe(201);
    }
    expect(code(await send(olga, 'One more', drawn.jpeg))).toEqual([409, 'event-refused']);
    expect((await olga('DELETE', `${at}/pictures/${picture.hash}`)).body.pictures).toHaveLength(23);
    expect((await fetch(`${hall.url}${at}/pictures/${picture.hash}`)).status).toBe(404);
  });
});
