export { Language } from './language.js';
export { Moment, type MomentKind } from './moment.js';
export { Moments, type Records, timeMoments } from './moments.js';
export { type Needed, neededFor, type Outlook, outlookOf } from './outlook.js';
export type { RunMoment } from './pace.js';
export { type Place, placeOf } from './place.js';
export { sentences } from './sentence.js';
