import type { Words } from '../words.js';

export const gates: Words['gates'] = {
  sees: 've',
  itsSensorDoesNotAnswer: 'su sensor no responde',
  somethingStandsOnTheLine: 'hay algo en la línea, o el sensor rebota',
  itHasNotSaidWhether: 'no ha dicho si ve',
  nobodyKnowsHowItIs: 'nadie sabe cómo está',
  wasNeverHeard: 'sin noticias nunca',
  lostItsLink: 'perdió la conexión',
  silentForS: (count) => `callada desde hace ${count} s`,
};
