import type { OnlineRules } from '@pitwall/protocol/api';
import { words } from '../online-words/index.js';
import { metricText } from '../times/index.js';

const seconds = (micros: number): string => words.online.microsS(micros / 1_000_000);

/** What a race is run by, one sentence a rule, for a racer who decides whether to enter. */
export function rulesInWords(rules: OnlineRules): { readonly what: string; readonly rule: string }[] {
  const { trials, laps, ranking, qualifying, timeLimit, graceLap, penalties, resets } = rules;
  return [
    { what: words.common.race, rule: raceTypeInWords(rules.raceType) },
    {
      what: words.online.drive,
      rule: words.online.eachEveryCheckpointOfThe(
        words.online.startCount(trials),
        words.common.lapCount(laps),
        words.common.directions[rules.direction],
      ),
    },
    {
      what: words.common.rankedBy,
      rule: `${metricText(ranking)}${qualifying > 1 ? words.online.lapsInARowMust(qualifying) : ''}`,
    },
    {
      what: words.online.time,
      rule: words.online.inAll(timeText(timeLimit ?? 0), graceLap ? words.online.aLapUnderWayMay : ''),
    },
    {
      what: words.common.penalties,
      rule: words.online.offTrack(
        seconds(penalties.offTrack),
        rules.raceType.type === 'time-trial' ? '' : words.online.collision(seconds(penalties.collision)),
      ),
    },
    { what: words.common.resets, rule: resetsInWords(resets) },
  ];
}

export function raceTypeInWords(type: OnlineRules['raceType']): string {
  switch (type.type) {
    case 'time-trial':
      return words.online.timeTrialAloneOnThe;
    case 'object-avoidance':
      return words.online.objectAvoidance(
        words.online.boxCount(type.boxes),
        type.placed.length === 0 ? words.online.atRandomPlaces : words.online.atFixedPlaces,
      );
    case 'head-to-bot': {
      const lanes =
        type.laneChange === null
          ? words.online.inTheirLanes
          : words.online.changingLanesEveryToS(type.laneChange.min, type.laneChange.max);
      return words.online.headToBotAtM(words.online.botCount(type.bots), type.speedMps, lanes);
    }
  }
}

function resetsInWords({ perLap, where }: OnlineRules['resets']): string {
  const place = where === 'in-place' ? words.online.whereTheCarLeftThe : words.online.fromTheStartLine;
  if (perLap === null) return words.online.asOftenAsNeeded(place);
  return perLap === 0 ? words.online.noneTheLapIsOver : words.online.atMostALap(place, perLap);
}

function timeText(micros: number): string {
  const whole = Math.round(micros / 1_000_000);
  return whole % 60 === 0 ? words.online.min(whole / 60) : words.online.wholeS(whole);
}
