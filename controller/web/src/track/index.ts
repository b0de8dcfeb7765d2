export { CarShape } from './car-shape.js';
export { MapBox } from './map-box.js';
export { closedPath, mapBox, startHeading, type XY } from './outline.js';
export { TrackMap } from './track-map.js';
export { useTrack } from './use-track.js';
