import { lapTime } from '../../ranking/index.js';
import type { MomentWords } from './words.js';

const laps = (count: number) => (count === 1 ? '1 vuelta' : `${count} vueltas`);

export const words: MomentWords = {
  called: ({ alias }) => `${alias}, a la pista, por favor.`,
  started: ({ alias }) => `${alias} está en marcha.`,
  next: ({ alias }) => `A continuación: ${alias}.`,
  lap: ({ alias, lap, time, first, best, by }) => {
    const said = `${alias}, vuelta ${lap}: ${lapTime(time)}`;
    if (best === 'track') return `${said}. ¡Récord de la pista, por ${lapTime(by ?? 0)}!`;
    if (best === 'race') return `${said}. La vuelta más rápida de la carrera, por ${lapTime(by ?? 0)}.`;
    if (best === 'own') return `${said}. Su mejor vuelta, por ${lapTime(by ?? 0)}.`;
    return first ? `${said}. La primera vuelta.` : `${said}.`;
  },
  'doubtful-lap': ({ alias, lap }) => `La vuelta ${lap} de ${alias} está en revisión.`,
  'invalid-lap': ({ alias, lap }) => `La vuelta ${lap} de ${alias} no cuenta.`,
  sector: ({ alias, sector, time }) => `${alias}: lo más rápido en el sector ${sector}, ${lapTime(time)}.`,
  place: ({ alias, place, score }) =>
    place === 1 ? `${alias} toma la delantera con ${lapTime(score)}.` : `${alias} sube al puesto ${place}.`,
  gap: ({ alias, ahead, gap }) => `${alias} está a ${lapTime(gap)} segundos de ${ahead}.`,
  reset: ({ alias }) => `${alias} vuelve a la pista con ayuda.`,
  'off-track': ({ alias }) => `${alias} está fuera de la pista.`,
  stands: ({ alias, by }) =>
    by === 'red-flag' ? `Bandera roja: ${alias} está parado.` : `La tanda de ${alias} está en pausa.`,
  'goes-on': ({ alias }) => `${alias} continúa.`,
  'time-left': ({ alias, seconds }) => `Quedan ${seconds} segundos para ${alias}.`,
  finished: ({ alias, laps: count, bestLap, place }) =>
    bestLap === null
      ? `${alias} ha terminado sin ninguna vuelta válida.`
      : `${alias} ha terminado: ${laps(count)}, la mejor ${lapTime(bestLap)}${place === null ? '' : `, puesto ${place} por ahora`}.`,
  confirmed: ({ alias, score, place, of }) =>
    score === null || place === null
      ? `${alias} se queda sin resultado.`
      : `Resultado de ${alias}: ${lapTime(score)}, puesto ${place} de ${of}.`,
  won: ({ alias, score }) => `La carrera es oficial: gana ${alias} con ${lapTime(score)}.`,
};
