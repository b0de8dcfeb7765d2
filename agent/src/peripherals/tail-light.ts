import type { SafetyState } from '@pitwall/protocol/messages';
import type { Colour } from '../hardware/index.js';

/** What the tail light shows: from across the hall one sees whether a car may move. */
const colours: Readonly<Record<SafetyState, Colour>> = {
  disarmed: { red: 0, green: 0, blue: 0.4 },
  armed: { red: 1, green: 0.5, blue: 0 },
  starting: { red: 1, green: 1, blue: 1 },
  driving: { red: 0, green: 1, blue: 0 },
  stopping: { red: 1, green: 0.5, blue: 0 },
  stopped: { red: 1, green: 0.5, blue: 0 },
  faulted: { red: 1, green: 0, blue: 0 },
};

export const colourOf = (phase: SafetyState): Colour => colours[phase];
