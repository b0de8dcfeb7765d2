import { type RulePreset, rulePresets } from '@pitwall/protocol/race';
import { Check, Choice, Group, Text } from '../forms/index.js';
import { type RulesDraft, rulesDraft } from './setup-draft.js';

const presets: readonly (readonly [RulePreset | '', string])[] = [
  ['', 'choose …'],
  ...Object.entries(rulePresets).map(([id, { name }]) => [id as RulePreset, name] as const),
];

const qualifying = ['1', '2', '3', '5', '10'].map((count) => [count, count] as const);

interface RulesFieldsProps {
  readonly rules: RulesDraft;
  readonly onRules: (rules: RulesDraft) => void;
}

/** Every rule of a race. A preset fills them all in, and each can be changed after that. */
export function RulesFields({ rules, onRules }: RulesFieldsProps) {
  const set = (change: Partial<RulesDraft>) => onRules({ ...rules, ...change });
  const knockOut = rules.finals === 'knock-out';
  return (
    <>
      <Group title="Rules">
        <Choice
          label="Start from a preset"
          value=""
          options={presets}
          onValue={(preset) => (preset === '' ? undefined : onRules(rulesDraft(rulePresets[preset])))}
        />
        <Text label="Name of the rules" value={rules.name} onValue={(name) => set({ name })} />
        <Choice
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
          <Text
            label={rules.raceType === 'head-to-bot' ? 'Bots' : 'Boxes'}
            numeric
            value={rules.obstacles}
            onValue={(obstacles) => set({ obstacles })}
          />
        )}
        {rules.raceType === 'head-to-bot' ? (
          <Text
            label="Speed of the bots, m/s"
            numeric
            value={rules.botSpeed}
            onValue={(botSpeed) => set({ botSpeed })}
          />
        ) : null}
        <Choice
          label="Direction"
          value={rules.direction}
          options={[
            ['counter-clockwise', 'Counter-clockwise'],
            ['clockwise', 'Clockwise'],
          ]}
          onValue={(direction) => set({ direction })}
        />
      </Group>
      <Group title="Ranking">
        <Choice
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
          <Text
            label="So many laps"
            numeric
            value={rules.rankingLaps}
            onValue={(rankingLaps) => set({ rankingLaps })}
          />
        )}
        <Choice
          label="Valid laps to qualify"
          value={rules.qualifying}
          options={qualifying}
          onValue={(count) => set({ qualifying: count })}
        />
        <Text
          label="Shortest plausible lap, s"
          numeric
          hint="A faster lap is marked and does not count until a marshal says so: a hand in the beam, a car that turned round."
          value={rules.shortest}
          onValue={(shortest) => set({ shortest })}
        />
        <Text
          label="Longest plausible lap, s"
          numeric
          hint="A slower lap is marked and does not count until a marshal says so: the gate may have missed the car."
          value={rules.longest}
          onValue={(longest) => set({ longest })}
        />
        <Text
          label="Largest uncertainty, ms"
          numeric
          placeholder="any"
          hint="A lap that was measured less exactly does not count. A gate knows a lap to about 1 ms, a hand to 200 ms; empty takes both."
          value={rules.uncertaintyMs}
          onValue={(uncertaintyMs) => set({ uncertaintyMs })}
        />
      </Group>
      <Group title="Each run">
        <Choice
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
          <Text label="Countdown, s" numeric value={rules.countdown} onValue={(countdown) => set({ countdown })} />
        ) : null}
        <Choice
          label="The first lap begins"
          value={rules.firstLap}
          options={[
            ['crossing', 'At the first crossing'],
            ['signal', 'At the start signal'],
          ]}
          onValue={(firstLap) => set({ firstLap })}
        />
        <Text
          label="Time limit, s"
          numeric
          placeholder="none"
          value={rules.timeLimit}
          onValue={(timeLimit) => set({ timeLimit })}
        />
        <Text
          label="Lap limit"
          numeric
          placeholder="none"
          value={rules.lapLimit}
          onValue={(lapLimit) => set({ lapLimit })}
        />
        <Text
          label="Attempts"
          numeric
          placeholder="any"
          value={rules.attempts}
          onValue={(attempts) => set({ attempts })}
        />
        <Text
          label="Hold-off, s"
          numeric
          hint="Crossings so soon after another are the same car passing once: its second axle, or a second gate at the line. Shorter than the fastest lap."
          value={rules.holdoff}
          onValue={(holdoff) => set({ holdoff })}
        />
        <Check label="The lap under way may finish" value={rules.graceLap} onValue={(graceLap) => set({ graceLap })} />
        <Check
          label="A technical stop stops the clock"
          value={rules.freezesClock}
          onValue={(freezesClock) => set({ freezesClock })}
        />
        <Check
          label="A car that is cleared in its run blinks for 1 s before it drives off"
          value={rules.warnBeforeGo}
          onValue={(warnBeforeGo) => set({ warnBeforeGo })}
        />
      </Group>
      <Group title="Resets and penalties">
        <Text
          label="Resets in a lap"
          numeric
          placeholder="any"
          value={rules.resetsPerLap}
          onValue={(resetsPerLap) => set({ resetsPerLap })}
        />
        <Choice
          label="The car is put back"
          value={rules.resetsWhere}
          options={[
            ['in-place', 'Where it left'],
            ['start-line', 'To the start line'],
          ]}
          onValue={(resetsWhere) => set({ resetsWhere })}
        />
        <Text label="Off-track, s" numeric value={rules.offTrack} onValue={(offTrack) => set({ offTrack })} />
        <Text label="Collision, s" numeric value={rules.collision} onValue={(collision) => set({ collision })} />
      </Group>
      <Group title="After the runs">
        <Text
          label="Time for protests, min"
          numeric
          value={rules.protestMinutes}
          onValue={(protestMinutes) => set({ protestMinutes })}
        />
        <Choice
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
          <Text
            label="Racers in the finals"
            numeric
            value={rules.finalists}
            {...(knockOut ? { hint: '2, 4, 8, 16 or 32' } : {})}
            onValue={(finalists) => set({ finalists })}
          />
        )}
      </Group>
    </>
  );
}
