import fc from 'fast-check';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { greyFromPlanar, greyFromYuyv, openJpegDecoder, openPictureEncoder, planeBytes } from './index.js';

const scene = (width: number, height: number) =>
  Buffer.from(
    Uint8Array.from({ length: width * height * 3 }, (_, at) => {
      const [x, y, c] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width), at % 3];
      return 128 + 100 * Math.sin((x / width) * 9 + c) * Math.cos((y / height) * 5);
    }),
  );
const jpegOf = (width: number, height: number) =>
  sharp(scene(width, height), { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
const meanDifference = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] as number)), 0) / a.length;

it.each([
  [640, 480],
  [320, 240],
  [1280, 720],
  [160, 120],
  [800, 600],
])('decodes a JPEG of %d×%d to what a full decode, resized and greyed, gives', async (width, height) => {
  const jpeg = await jpegOf(width, height);
  const decoder = await openJpegDecoder();
  const plane = await decoder.decode(jpeg);
  const colours = await sharp(jpeg).resize(160, 120, { fit: 'fill', kernel: 'linear' }).raw().toBuffer();
  const reference = Uint8Array.from({ length: planeBytes }, (_, at) => {
    const [r, g, b] = colours.subarray(at * 3, at * 3 + 3) as unknown as [number, number, number];
    return 0.299 * r + 0.587 * g + 0.114 * b;
  });
  decoder.close();
  expect(plane.length).toBe(planeBytes);
  expect(meanDifference(plane, reference)).toBeLessThan(1.5);
});

it('says so when it must take the slow way, and gives the same picture', async () => {
  const [fast, slow] = [await openJpegDecoder(), await openJpegDecoder(['libnothing.so.0'])];
  expect([slow.how, slow.reason]).toEqual([
    'sharp',
    expect.stringMatching(/libnothing\.so\.0 is installed.*libturbojpeg0/),
  ]);
  const jpeg = await jpegOf(640, 480);
  expect(meanDifference(await slow.decode(jpeg), await fast.decode(jpeg))).toBeLessThan(1.5);
  await expect(slow.decode(jpeg.subarray(0, 100))).rejects.toMatchObject({ code: 'frame-invalid' });
  fast.close();
  slow.close();
});

it('reuses the plane it is given', async () => {
  const decoder = await openJpegDecoder();
  const plane = new Uint8Array(planeBytes);
  expect(await decoder.decode(await jpegOf(640, 480), plane)).toBe(plane);
  expect(plane.some((value) => value > 0)).toBe(true);
  decoder.close();
  decoder.close();
});

it('answers damaged frames with frame-invalid or a plane', async () => {
  const decoder = await openJpegDecoder();
  const jpeg = await jpegOf(160, 120);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(jpeg.length),
      fc.array(fc.tuple(fc.nat(jpeg.length - 1), fc.nat(255)), { maxLength: 20 }),
      async (length, changes) => {
        const damaged = Uint8Array.from(jpeg.subarray(0, length));
        for (const [at, value] of changes) if (at < length) damaged[at] = value;
        const answer = await decoder.decode(damaged).catch((error: { code?: string }) => error.code);
        expect(answer instanceof Uint8Array || answer === 'frame-invalid').toBe(true);
      },
    ),
    { numRuns: 200 },
  );
  decoder.close();
});

it('averages 4×4 brightness values of YUYV and stretches 16…235 to 0…255', () => {
  const [width, height] = [640, 480];
  const data = new Uint8Array(width * height * 2).fill(128);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) data[(y * width + x) * 2] = x < 320 ? 16 : 235;
  const limited = greyFromYuyv({ data, width, height }, 'limited');
  expect([limited[0], limited[79], limited[80], limited[159]]).toEqual([0, 0, 255, 255]);
  expect(greyFromYuyv({ data, width, height }, 'full')[100]).toBe(235);
});

it('reads the brightness plane of YUV420 with padded rows', () => {
  const [width, height, stride] = [160, 120, 192];
  const data = new Uint8Array(stride * height * 1.5);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) data[y * stride + x] = (x + y) % 256;
  const plane = greyFromPlanar({ data, width, height, stride }, 'full');
  expect([plane[0], plane[159], plane[160]]).toEqual([0, 159, 1]);
  expect(() => greyFromPlanar({ data: data.subarray(0, 100), width, height }, 'full')).toThrow(/too short/);
});

it('turns a plane into a picture: JPEG close to it, PNG the very same', async () => {
  const decoder = await openJpegDecoder();
  const plane = Uint8Array.from(await decoder.decode(await jpegOf(640, 480)));
  const jpeg = await openPictureEncoder('jpeg');
  const png = await openPictureEncoder('jpeg', ['libnot-there.so']);
  expect([jpeg.format, jpeg.reason, png.format, png.reason]).toEqual([
    'jpeg',
    undefined,
    'png',
    expect.stringMatching(/libturbojpeg0/),
  ]);
  expect(meanDifference(await decoder.decode(jpeg.encode(plane).data), plane)).toBeLessThan(1.5);
  const { data, info } = await sharp(png.encode(plane).data)
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, info.channels]).toEqual([160, 120, 1]);
  expect(Buffer.from(plane).equals(data)).toBe(true);
  for (const encoder of [jpeg, png]) expect(() => encoder.encode(plane.subarray(1))).toThrow(/160×120/);
  for (const one of [decoder, jpeg, png]) one.close();
});
