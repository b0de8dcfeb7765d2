export { planeBytes, planeHeight, planeWidth } from './area.js';
export { type JpegDecoder, openJpegDecoder } from './jpeg.js';
export { greyFromPlanar, greyFromYuyv, type LumaRange, type RawFrame } from './luma.js';
