import type { RaceSetup } from '@pitwall/protocol/race';
import { Fact, Facts, Panel } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { metricText } from '../times/index.js';
import { rulesDraft } from './setup-draft.js';

const orNone = (text: string, withUnit: (value: string) => string = String, none = words.organizer.none): string =>
  text === '' ? none : withUnit(text);

const cars = {
  agent: words.organizer.drivenByPitwall,
  any: words.organizer.anyOnlyTimed,
  simulated: words.organizer.simulatedInRealTime,
} as const;

/** A setup that stands: the rules are frozen once the race is open. */
export function SetupFacts({ setup }: { readonly setup: RaceSetup }) {
  const { rules, track, gates, finish, splits, car, leaderboard } = setup;
  const draft = rulesDraft(rules);
  const facts: [string, string][] = [
    [words.common.track, words.common.trackVersion(track.id, track.version, words.common.directions[rules.direction])],
    [words.common.gates, gates.join(', ')],
    [words.organizer.finish, finish?.join(', ') ?? words.organizer.theStartLine],
    [words.organizer.splits, splits?.join(', ') ?? words.organizer.none],
    [words.common.cars, cars[car]],
    [words.organizer.resultsGoTo, leaderboard ?? words.organizer.noLeaderboard],
    [words.common.rules, rules.name],
    [words.organizer.typeOfRace, words.organizer.raceTypes[rules.raceType.type]],
    [words.common.rankedBy, metricText(rules.ranking)],
    [words.organizer.validLapsToQualify, String(rules.qualifying)],
    [words.organizer.plausibleLaps, words.organizer.toS(draft.shortest, draft.longest)],
    [words.organizer.holdOff, words.organizer.holdoffS(draft.holdoff)],
    [
      words.organizer.start,
      rules.start === 'countdown'
        ? words.organizer.countdownCountdownS(draft.countdown)
        : words.organizer.starts[rules.start],
    ],
    [words.organizer.timeLimit, orNone(draft.timeLimit, words.organizer.inSeconds)],
    [words.organizer.lapLimit, orNone(draft.lapLimit)],
    [words.organizer.attempts, orNone(draft.attempts, String, words.organizer.any)],
    [
      words.organizer.speedOfARun,
      draft.fastest === '' ? words.organizer.asTheCrewSetIt : words.organizer.toPercent(draft.slowest, draft.fastest),
    ],
    [
      words.organizer.resetsInALap,
      `${orNone(draft.resetsPerLap, String, words.organizer.any)}, ${words.organizer.resetPlaces[rules.resets.where]}`,
    ],
    [words.common.penalties, words.organizer.offTrackSS(draft.offTrack, draft.collision)],
    [
      words.organizer.largestUncertainty,
      orNone(draft.uncertaintyMs, words.organizer.inMilliseconds, words.organizer.any),
    ],
    [words.organizer.timeForProtests, words.organizer.min(draft.protestMinutes)],
    [
      words.common.finals,
      rules.finals.format === 'none'
        ? words.organizer.none
        : words.organizer.racers(words.organizer.finalsFormats[rules.finals.format], draft.finalists),
    ],
  ];
  return (
    <Panel title={words.common.setup} aside={words.organizer.asItStands}>
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
