import { CommandOutcome } from '@pitwall/protocol/api';
import type { RaceCommand } from '@pitwall/protocol/race';
import type { z } from 'zod';
import type { Hall } from './hall.js';

/** As long as an alias may be, and as racers write them. */
const aliases = [
  'Maximilian-Alexander von Hohenfels-Brandenburg & the Überholspur',
  'Überholspur-Akademie Donaudampfschifffahrtsgesellschaft Wien 1',
  'The Extraordinarily Fast Caterpillars of Saint Catherine’s Hall',
  'WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW',
  'Bo',
  'Chloé',
];
export const racers = Array.from({ length: 24 }, (_, number) => ({
  racer: `racer-${number}`,
  alias: `${number} ${aliases[number % aliases.length]}`.slice(0, 64),
}));

/** A race of 24 whose laps a hand timed: 23 have their result, the last one has driven 20 laps and is on the track. */
export async function fullRace(hall: Hall, race: string): Promise<void> {
  await hall.createRace({
    race,
    commandId: crypto.randomUUID(),
    setup: {
      name: 'The Great Autumn Cup of the Model Car Society',
      track: { id: 'oval', version: 1 },
      gates: ['manual'],
      car: 'any',
      leaderboard: 'main',
      rules: {
        name: 'Test rules',
        start: 'key',
        timeLimit: 600_000_000,
        plausible: { min: 0, max: 600_000_000 },
        holdoff: 0,
        resets: { perLap: null, where: 'in-place' },
      },
    },
  });
  let seen = 1;
  let now = { bootId: '', at: 0 };
  const give = async (command: z.input<typeof RaceCommand>) => {
    const answer = await fetch(`${hall.url}/api/v1/races/${race}/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${hall.marshal}` },
      body: JSON.stringify({ commandId: crypto.randomUUID(), seen, command }),
    });
    if (!answer.ok) throw new Error(`${command.type}: ${await answer.text()}`);
    const { seq, records } = CommandOutcome.parse(await answer.json());
    seen = seq;
    now = records.at(-1)?.at ?? now;
  };
  await give({ type: 'open' });
  for (const { racer, alias } of racers) {
    await give({ type: 'enter', entry: { racer, alias, car: null, models: [] } });
  }
  for (const { racer } of racers) {
    const runId = crypto.randomUUID();
    const cross = () => give({ type: 'add-crossing', runId, at: now, uncertainty: 100_000, reason: 'Stamped by hand' });
    await give({ type: 'call', runId, racer });
    await give({ type: 'stage', runId });
    await give({ type: 'ready', runId, overrule: 'The test drives' });
    await give({ type: 'start', runId });
    const isLast = racer === racers.at(-1)?.racer;
    await cross();
    for (let lap = 0; lap < (isLast ? 20 : 1); lap += 1) {
      if (lap % 4 === 1) await give({ type: 'incident', runId, kind: 'reset' });
      if (lap % 5 === 1) await give({ type: 'incident', runId, kind: 'off-track' });
      await cross();
    }
    if (isLast) break;
    await give({ type: 'finish', runId });
    await give({ type: 'confirm', runId });
    if (Number(racer.slice(6)) % 3 === 0) await give({ type: 'queue', racer });
  }
}
