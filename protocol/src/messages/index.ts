export * from './car.js';
export * from './envelope.js';
export * from './garage.js';
export * from './gate.js';
export * from './presence.js';
export * from './race.js';
export * from './recording.js';
export * from './topics.js';
