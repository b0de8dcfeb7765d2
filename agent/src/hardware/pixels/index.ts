export { planeBytes, planeHeight, planeWidth } from './area.js';
export { openPictureEncoder, type Picture, type PictureEncoder } from './encode.js';
export { type JpegDecoder, openJpegDecoder } from './jpeg.js';
export { greyFromPlanar, greyFromYuyv, type LumaRange, type RawFrame } from './luma.js';
