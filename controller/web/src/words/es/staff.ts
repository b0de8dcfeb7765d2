import type { StaffOnly } from '../words.js';
import { garage } from './garage.js';
import { marshal } from './marshal.js';
import { organizer } from './organizer.js';
import { review } from './review.js';
import { tracks } from './tracks.js';

export const staff: StaffOnly = { garage, marshal, organizer, review, tracks };
