export { ChildCamera, type Form, flipOf, strideOf } from './child-camera.js';
export { FixedFramer, type Framer, HeaderFramer } from './framing.js';
export { JpegFramer } from './jpeg-framer.js';
export { libcameraStamp, v4l2Stamp } from './stamps.js';
