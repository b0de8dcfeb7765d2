import { type RulePreset, rulePresets } from '@pitwall/protocol/race';
import { CheckField, ChoiceField, FieldGroup, TextField } from '../forms/index.js';
import { type RulesDraft, rulesDraft } from './setup-draft.js';

const presets: readonly (readonly [RulePreset | '', string])[] = [
  ['', 'choose …'],
  ...Object.entries(rulePresets).map(([id, { name }]) => [id as RulePreset, name] as const),
];

const qualifying = ['1', '2', '3', '5', '10'].map((count) => [count, count] as const);

interface RulesFieldsProps {
  readonly rules: RulesDraft;
  /** Where the shortest plausible lap comes from; absent where somebody typed it. */
  readonly shortestIs?: string;
  readonly onRules: (rules: RulesDraft) => void;
}

/** Every rule of a race. A preset fills in all but the shortest lap, which is the track's, and each can be changed after that. */
export function RulesFields({ rules, shortestIs, onRules }: RulesFieldsProps) {
  const set = (change: Partial<RulesDraft>) => onRules({ ...rules, ...change });
  const knockOut = rules.finals === 'knock-out';
  return (
    <>
      <FieldGroup title="Rules">
        <ChoiceField
          label="Start from a preset"
          value=""
          options={presets}
          onValue={(preset) =>
            preset === '' ? undefined : onRules({ ...rulesDraft(rulePresets[preset]), shortest: rules.shortest })
          }
        />
        <TextField label="Name of the rules" value={rules.name} onValue={(name) => set({ name })} />
        <ChoiceField
          label="Type of race"
          value={rules.raceType}
          options={[
            ['time-trial', 'Time trial'],
            ['object-avoidance', 'Object avoidance'],
            ['head-to-bot', 'Head to bot'],
          ]}
          onValue={(raceType) => set({ raceType })}
        />
        {rules.raceType === 'time-trial' ? null : (
          <TextField
            label={rules.raceType === 'head-to-bot' ? 'Bots' : 'Boxes'}
            numeric
            value={rules.obstacles}
            onValue={(obstacles) => set({ obstacles })}
          />
        )}
        {rules.raceType === 'head-to-bot' ? (
          <TextField
            label="Speed of the bots, m/s"
            numeric
            value={rules.botSpeed}
            onValue={(botSpeed) => set({ botSpeed })}
          />
        ) : null}
        <ChoiceField
          label="Direction"
          value={rules.direction}
          options={[
            ['counter-clockwise', 'Counter-clockwise'],
            ['clockwise', 'Clockwise'],
          ]}
          onValue={(direction) => set({ direction })}
        />
      </FieldGroup>
      <FieldGroup title="Ranking">
        <ChoiceField
          label="Ranked by"
          value={rules.rankingBy}
          options={[
            ['best-lap', 'Best lap'],
            ['average', 'Average of the best consecutive laps'],
            ['total', 'Total of the first laps'],
          ]}
          onValue={(rankingBy) => set({ rankingBy })}
        />
        {rules.rankingBy === 'best-lap' ? null : (
          <TextField
            label="So many laps"
            numeric
            value={rules.rankingLaps}
            onValue={(rankingLaps) => set({ rankingLaps })}
          />
        )}
        <ChoiceField
          label="Valid laps to qualify"
          value={rules.qualifying}
          options={qualifying}
          onValue={(count) => set({ qualifying: count })}
        />
        <TextField
          label="Shortest plausible lap, s"
          numeric
          hint={`A faster lap is none until a marshal says so: a hand in the beam, a car that turned round.${shortestIs === undefined ? '' : ` ${shortestIs}`}`}
          value={rules.shortest}
          onValue={(shortest) => set({ shortest })}
        />
        <TextField
          label="Longest plausible lap, s"
          numeric
          hint="A slower lap is marked and does not count until a marshal says so: the gate may have missed the car."
          value={rules.longest}
          onValue={(longest) => set({ longest })}
        />
        <TextField
          label="Largest uncertainty, ms"
          numeric
          placeholder="any"
          hint="A lap that was measured less exactly does not count. A gate knows a lap to about 1 ms, a hand to 200 ms; empty takes both."
          value={rules.uncertaintyMs}
          onValue={(uncertaintyMs) => set({ uncertaintyMs })}
        />
      </FieldGroup>
      <FieldGroup title="Each run">
        <ChoiceField
          label="Start"
          value={rules.start}
          options={[
            ['rolling', 'Rolling: the first crossing'],
            ['key', 'The marshal’s key'],
            ['countdown', 'Countdown'],
          ]}
          onValue={(start) => set({ start })}
        />
        {rules.start === 'countdown' ? (
          <TextField label="Countdown, s" numeric value={rules.countdown} onValue={(countdown) => set({ countdown })} />
        ) : null}
        <ChoiceField
          label="The first lap begins"
          value={rules.firstLap}
          options={[
            ['crossing', 'At the first crossing'],
            ['signal', 'At the start signal'],
          ]}
          onValue={(firstLap) => set({ firstLap })}
        />
        <TextField
          label="Time limit, s"
          numeric
          placeholder="none"
          value={rules.timeLimit}
          onValue={(timeLimit) => set({ timeLimit })}
        />
        <TextField
          label="Lap limit"
          numeric
          placeholder="none"
          value={rules.lapLimit}
          onValue={(lapLimit) => set({ lapLimit })}
        />
        <TextField
          label="Attempts"
          numeric
          placeholder="any"
          value={rules.attempts}
          onValue={(attempts) => set({ attempts })}
        />
        <TextField
          label="Hold-off, s"
          numeric
          hint="Crossings so soon after another are the same car passing once: its second axle, or a second gate at the line. Shorter than the fastest lap."
          value={rules.holdoff}
          onValue={(holdoff) => set({ holdoff })}
        />
        <TextField
          label="Slowest speed of a run, %"
          numeric
          placeholder="as the crew set it"
          hint="Of the throttle that the car's crew set, which is never exceeded: so far the racer or a marshal may turn the car down in its run."
          value={rules.slowest}
          onValue={(slowest) => set({ slowest })}
        />
        <TextField
          label="Fastest speed of a run, %"
          numeric
          placeholder="as the crew set it"
          hint="Each run begins with it. Both empty: nobody changes the speed of a car on the track."
          value={rules.fastest}
          onValue={(fastest) => set({ fastest })}
        />
        <CheckField
          label="The lap under way may finish"
          value={rules.graceLap}
          onValue={(graceLap) => set({ graceLap })}
        />
        <CheckField
          label="A technical stop stops the clock"
          value={rules.freezesClock}
          onValue={(freezesClock) => set({ freezesClock })}
        />
        <CheckField
          label="A car that is cleared in its run blinks for 1 s before it drives off"
          value={rules.warnBeforeGo}
          onValue={(warnBeforeGo) => set({ warnBeforeGo })}
        />
      </FieldGroup>
      <FieldGroup title="Resets and penalties">
        <TextField
          label="Resets in a lap"
          numeric
          placeholder="any"
          value={rules.resetsPerLap}
          onValue={(resetsPerLap) => set({ resetsPerLap })}
        />
        <ChoiceField
          label="The car is put back"
          value={rules.resetsWhere}
          options={[
            ['in-place', 'Where it left'],
            ['start-line', 'To the start line'],
          ]}
          onValue={(resetsWhere) => set({ resetsWhere })}
        />
        <TextField label="Off-track, s" numeric value={rules.offTrack} onValue={(offTrack) => set({ offTrack })} />
        <TextField label="Collision, s" numeric value={rules.collision} onValue={(collision) => set({ collision })} />
      </FieldGroup>
      <FieldGroup title="After the runs">
        <TextField
          label="Time for protests, min"
          numeric
          value={rules.protestMinutes}
          onValue={(protestMinutes) => set({ protestMinutes })}
        />
        <ChoiceField
          label="Finals"
          value={rules.finals}
          options={[
            ['none', 'None'],
            ['best-of', 'The best race again'],
            ['knock-out', 'Knock-out in heats of two'],
          ]}
          onValue={(finals) => set({ finals })}
        />
        {rules.finals === 'none' ? null : (
          <TextField
            label="Racers in the finals"
            numeric
            value={rules.finalists}
            {...(knockOut ? { hint: '2, 4, 8, 16 or 32' } : {})}
            onValue={(finalists) => set({ finalists })}
          />
        )}
      </FieldGroup>
    </>
  );
}
