import { lapTime } from '../../ranking/index.js';
import type { MomentWords } from './words.js';

const laps = (count: number) => (count === 1 ? '1 Runde' : `${count} Runden`);

export const words: MomentWords = {
  called: ({ alias }) => `${alias} bitte an die Strecke.`,
  started: ({ alias }) => `${alias} ist unterwegs.`,
  next: ({ alias }) => `Als Nächstes: ${alias}.`,
  lap: ({ alias, lap, time, first, best, by }) => {
    const said = `${alias}, Runde ${lap}: ${lapTime(time)}`;
    if (best === 'track') return `${said}. Streckenrekord, um ${lapTime(by ?? 0)}!`;
    if (best === 'race') return `${said}. Die schnellste Runde des Rennens, um ${lapTime(by ?? 0)}.`;
    if (best === 'own') return `${said}. Eigene Bestzeit, um ${lapTime(by ?? 0)}.`;
    return first ? `${said}. Die erste Runde.` : `${said}.`;
  },
  'doubtful-lap': ({ alias, lap }) => `Runde ${lap} von ${alias} wird geprüft.`,
  'invalid-lap': ({ alias, lap }) => `Runde ${lap} von ${alias} zählt nicht.`,
  sector: ({ alias, sector, time }) => `${alias}: am schnellsten in Sektor ${sector}, ${lapTime(time)}.`,
  place: ({ alias, place, score }) =>
    place === 1 ? `${alias} übernimmt die Führung mit ${lapTime(score)}.` : `${alias} rückt auf Platz ${place} vor.`,
  gap: ({ alias, ahead, gap }) => `${alias} liegt ${lapTime(gap)} Sekunden hinter ${ahead}.`,
  reset: ({ alias }) => `${alias} wird zurückgesetzt.`,
  'off-track': ({ alias }) => `${alias} ist neben der Strecke.`,
  stands: ({ alias, by }) =>
    by === 'red-flag' ? `Rote Flagge: ${alias} steht.` : `Der Lauf von ${alias} ist unterbrochen.`,
  'goes-on': ({ alias }) => `${alias} fährt weiter.`,
  'time-left': ({ alias, seconds }) => `Noch ${seconds} Sekunden für ${alias}.`,
  finished: ({ alias, laps: count, bestLap, place }) =>
    bestLap === null
      ? `${alias} ist fertig, ohne gültige Runde.`
      : `${alias} ist fertig: ${laps(count)}, die beste ${lapTime(bestLap)}${place === null ? '' : `, vorerst Platz ${place}`}.`,
  confirmed: ({ alias, score, place, of }) =>
    score === null || place === null
      ? `${alias} ist ohne Ergebnis.`
      : `Ergebnis von ${alias}: ${lapTime(score)}, Platz ${place} von ${of}.`,
  won: ({ alias, score }) => `Das Rennen ist amtlich: ${alias} gewinnt mit ${lapTime(score)}.`,
};
