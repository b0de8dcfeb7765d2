import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { openSigner, type Signer } from '../forwarding/index.js';
import { termsOf } from './own-term.js';

const newSigner = () => openSigner(join(mkdtempSync(join(tmpdir(), 'pitwall-term-')), 'source.key.json'));

let signer: Signer;
let superseded: [number, string][];
beforeEach(async () => {
  signer = await newSigner();
  superseded = [];
});

const controller = (term: number, url: string, name = 'hall', by = signer) =>
  termsOf(
    {
      term: async () => ({ name, term }),
      supersede: async (later, at) => {
        superseded.push([later, at]);
        return later > term;
      },
    },
    { signer: by, url },
  );

it('a controller of a later term is believed by what its key has signed', async () => {
  const { statement } = await controller(2, 'https://second:8080');
  const old = await controller(1, 'https://first:8080');
  old.heard(statement as string);
  await expect.poll(() => superseded).toEqual([[2, 'https://second:8080']]);
});

it('who was never a standby has nothing to say', async () => {
  expect((await controller(1, 'https://first:8080')).statement).toBeUndefined();
});

it('what another key has signed, for something else, or for another controller, means nothing', async () => {
  const old = await controller(1, 'https://first:8080');
  const payload = JSON.stringify({ name: 'hall', term: 99, url: 'https://evil' });
  const forged = [
    (await controller(99, 'https://evil', 'hall', await newSigner())).statement as string,
    await signer.sign(payload),
    (await controller(99, 'https://evil', 'another hall')).statement as string,
    'a.b.c',
    '',
  ];
  for (const statement of forged) old.heard(statement);
  // Signatures are checked one after the other: after a good one, all others were.
  old.heard((await controller(2, 'https://second:8080')).statement as string);
  await expect.poll(() => superseded.length).toBeGreaterThan(0);
  expect(superseded).toEqual([[2, 'https://second:8080']]);
});
