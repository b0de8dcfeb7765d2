import type { OnlineRules } from '@pitwall/protocol/api';
import { metricInWords } from '@pitwall/protocol/ranking';

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
const seconds = (micros: number): string => `${micros / 1_000_000} s`;

/** What a race is run by, one sentence a rule, for a racer who decides whether to enter. */
export function rulesInWords(rules: OnlineRules): { readonly what: string; readonly rule: string }[] {
  const { trials, laps, ranking, qualifying, timeLimit, graceLap, penalties, resets } = rules;
  return [
    { what: 'Race', rule: raceTypeInWords(rules.raceType) },
    {
      what: 'Drive',
      rule: `${count(trials, 'start')}, ${count(laps, 'lap')} each, ${rules.direction}; every checkpoint of the model is tried, and the best one counts`,
    },
    {
      what: 'Ranked by',
      rule: `${metricInWords(ranking)}${qualifying > 1 ? `; ${qualifying} laps in a row must be finished` : ''}`,
    },
    { what: 'Time', rule: `${timeText(timeLimit ?? 0)} in all${graceLap ? '; a lap under way may finish' : ''}` },
    {
      what: 'Penalties',
      rule: `off track ${seconds(penalties.offTrack)}${rules.raceType.type === 'time-trial' ? '' : `, collision ${seconds(penalties.collision)}`}`,
    },
    { what: 'Resets', rule: resetsInWords(resets) },
  ];
}

export function raceTypeInWords(type: OnlineRules['raceType']): string {
  switch (type.type) {
    case 'time-trial':
      return 'time trial, alone on the track';
    case 'object-avoidance':
      return `object avoidance, ${count(type.boxes, 'box').replace('boxs', 'boxes')} ${type.placed.length === 0 ? 'at random places' : 'at fixed places'}`;
    case 'head-to-bot': {
      const lanes =
        type.laneChange === null
          ? 'in their lanes'
          : `changing lanes every ${type.laneChange.min} to ${type.laneChange.max} s`;
      return `head to bot, ${count(type.bots, 'bot')} at ${type.speedMps} m/s, ${lanes}`;
    }
  }
}

function resetsInWords({ perLap, where }: OnlineRules['resets']): string {
  const place = where === 'in-place' ? 'where the car left the track' : 'from the start line';
  if (perLap === null) return `${place}, as often as needed`;
  return perLap === 0 ? 'none: the lap is over where the car leaves the track' : `${place}, at most ${perLap} a lap`;
}

function timeText(micros: number): string {
  const whole = Math.round(micros / 1_000_000);
  return whole % 60 === 0 ? `${whole / 60} min` : `${whole} s`;
}
