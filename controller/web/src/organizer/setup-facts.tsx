import type { RaceSetup } from '@pitwall/protocol/race';
import { metricInWords } from '@pitwall/protocol/ranking';
import { Fact, Facts, Panel } from '../shell/index.js';
import { rulesDraft } from './setup-draft.js';

const orNone = (text: string, unit = '', none = 'none'): string => (text === '' ? none : `${text}${unit}`);

const cars = { agent: 'driven by Pitwall', any: 'any, only timed', simulated: 'simulated, in real time' } as const;

/** A setup that stands: the rules are frozen once the race is open. */
export function SetupFacts({ setup }: { readonly setup: RaceSetup }) {
  const { rules, track, gates, finish, splits, car, leaderboard } = setup;
  const draft = rulesDraft(rules);
  const facts: [string, string][] = [
    ['Track', `${track.id}, version ${track.version}, ${rules.direction}`],
    ['Gates', gates.join(', ')],
    ['Finish', finish?.join(', ') ?? 'the start line'],
    ['Splits', splits?.join(', ') ?? 'none'],
    ['Cars', cars[car]],
    ['Results go to', leaderboard ?? 'no leaderboard'],
    ['Rules', rules.name],
    ['Type of race', rules.raceType.type.replaceAll('-', ' ')],
    ['Ranked by', metricInWords(rules.ranking)],
    ['Valid laps to qualify', String(rules.qualifying)],
    ['Plausible laps', `${draft.shortest} to ${draft.longest} s`],
    ['Hold-off', `${draft.holdoff} s`],
    ['Start', rules.start === 'countdown' ? `countdown, ${draft.countdown} s` : rules.start],
    ['Time limit', orNone(draft.timeLimit, ' s')],
    ['Lap limit', orNone(draft.lapLimit)],
    ['Attempts', orNone(draft.attempts, '', 'any')],
    ['Speed of a run', draft.fastest === '' ? 'as the crew set it' : `${draft.slowest} to ${draft.fastest} %`],
    ['Resets in a lap', `${orNone(draft.resetsPerLap, '', 'any')}, ${rules.resets.where.replaceAll('-', ' ')}`],
    ['Penalties', `off-track ${draft.offTrack} s, collision ${draft.collision} s`],
    ['Largest uncertainty', orNone(draft.uncertaintyMs, ' ms', 'any')],
    ['Time for protests', `${draft.protestMinutes} min`],
    [
      'Finals',
      rules.finals.format === 'none'
        ? 'none'
        : `${rules.finals.format.replaceAll('-', ' ')}, ${draft.finalists} racers`,
    ],
  ];
  return (
    <Panel title="Setup" aside="as it stands">
      <Facts>
        {facts.map(([name, value]) => (
          <Fact key={name} name={name}>
            {value}
          </Fact>
        ))}
      </Facts>
    </Panel>
  );
}
