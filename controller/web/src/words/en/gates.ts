import type { Filling } from '../filling.js';

export const gates = {
  sees: 'sees',
  itsSensorDoesNotAnswer: 'its sensor does not answer',
  somethingStandsOnTheLine: 'something stands on the line, or the sensor chatters',
  itHasNotSaidWhether: 'it has not said whether it sees',
  nobodyKnowsHowItIs: 'nobody knows how it is',
  wasNeverHeard: 'was never heard',
  lostItsLink: 'lost its link',
  silentForS: (count: Filling) => `silent for ${count} s`,
};
