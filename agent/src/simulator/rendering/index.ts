export { Camera, cameraMount } from './camera.js';
export type { Room } from './ground.js';
export { horizonRow, observationSize, pictureSize, Scene } from './scene.js';
