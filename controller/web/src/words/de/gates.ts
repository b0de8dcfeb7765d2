import type { Words } from '../words.js';

export const gates: Words['gates'] = {
  sees: 'sieht',
  itsSensorDoesNotAnswer: 'der Sensor antwortet nicht',
  somethingStandsOnTheLine: 'etwas steht auf der Linie, oder der Sensor prellt',
  itHasNotSaidWhether: 'es hat nicht gemeldet, ob es sieht',
  nobodyKnowsHowItIs: 'niemand weiß, wie es ihm geht',
  wasNeverHeard: 'nie gehört',
  lostItsLink: 'Verbindung weg',
  silentForS: (count) => `seit ${count} s still`,
};
