import type { Words } from '../words.js';

export const track: Words['track'] = {
  mapOfMetresRoundDriven: (name, lengthM, direction) => `${name}のマップ、全長${lengthM} m、${direction}`,
};
