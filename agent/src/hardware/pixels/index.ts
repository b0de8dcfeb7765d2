export { openPictureEncoder, type Picture, type PictureEncoder } from './encode-picture.js';
export { planeBytes, planeHeight, planeWidth } from './grey-plane.js';
export { type JpegDecoder, openJpegDecoder } from './jpeg-to-grey.js';
export { greyFromPlanar, greyFromYuyv, type LumaRange, type RawFrame } from './raw-to-grey.js';
