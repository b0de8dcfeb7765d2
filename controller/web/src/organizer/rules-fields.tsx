import { type RulePreset, rulePresets } from '@pitwall/protocol/race';
import { CheckField, ChoiceField, FieldGroup, TextField } from '../forms/index.js';
import { words } from '../staff-words/index.js';
import { type RulesDraft, rulesDraft } from './setup-draft.js';

const presets: readonly (readonly [RulePreset | '', string])[] = [
  ['', words.organizer.choose],
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
      <FieldGroup title={words.common.rules}>
        <ChoiceField
          label={words.organizer.startFromAPreset}
          value=""
          options={presets}
          onValue={(preset) =>
            preset === '' ? undefined : onRules({ ...rulesDraft(rulePresets[preset]), shortest: rules.shortest })
          }
        />
        <TextField label={words.common.nameOfTheRules} value={rules.name} onValue={(name) => set({ name })} />
        <ChoiceField
          label={words.organizer.typeOfRace}
          value={rules.raceType}
          options={[
            ['time-trial', words.organizer.timeTrial],
            ['object-avoidance', words.organizer.objectAvoidance],
            ['head-to-bot', words.organizer.headToBot],
          ]}
          onValue={(raceType) => set({ raceType })}
        />
        {rules.raceType === 'time-trial' ? null : (
          <TextField
            label={rules.raceType === 'head-to-bot' ? words.common.bots : words.common.boxes}
            numeric
            value={rules.obstacles}
            onValue={(obstacles) => set({ obstacles })}
          />
        )}
        {rules.raceType === 'head-to-bot' ? (
          <TextField
            label={words.organizer.speedOfTheBotsM}
            numeric
            value={rules.botSpeed}
            onValue={(botSpeed) => set({ botSpeed })}
          />
        ) : null}
        <ChoiceField
          label={words.common.direction}
          value={rules.direction}
          options={[
            ['counter-clockwise', words.organizer.counterClockwise],
            ['clockwise', words.organizer.clockwise],
          ]}
          onValue={(direction) => set({ direction })}
        />
      </FieldGroup>
      <FieldGroup title={words.organizer.ranking}>
        <ChoiceField
          label={words.common.rankedBy}
          value={rules.rankingBy}
          options={[
            ['best-lap', words.common.bestLap],
            ['average', words.organizer.averageOfTheBestConsecutive],
            ['total', words.organizer.totalOfTheFirstLaps],
          ]}
          onValue={(rankingBy) => set({ rankingBy })}
        />
        {rules.rankingBy === 'best-lap' ? null : (
          <TextField
            label={words.organizer.soManyLaps}
            numeric
            value={rules.rankingLaps}
            onValue={(rankingLaps) => set({ rankingLaps })}
          />
        )}
        <ChoiceField
          label={words.organizer.validLapsToQualify}
          value={rules.qualifying}
          options={qualifying}
          onValue={(count) => set({ qualifying: count })}
        />
        <TextField
          label={words.organizer.shortestPlausibleLapS}
          numeric
          hint={words.organizer.aFasterLapIsNone(shortestIs === undefined ? '' : ` ${shortestIs}`)}
          value={rules.shortest}
          onValue={(shortest) => set({ shortest })}
        />
        <TextField
          label={words.organizer.longestPlausibleLapS}
          numeric
          hint={words.organizer.aSlowerLapIsMarked}
          value={rules.longest}
          onValue={(longest) => set({ longest })}
        />
        <TextField
          label={words.organizer.largestUncertaintyMs}
          numeric
          placeholder={words.organizer.any}
          hint={words.organizer.aLapThatWasMeasured}
          value={rules.uncertaintyMs}
          onValue={(uncertaintyMs) => set({ uncertaintyMs })}
        />
      </FieldGroup>
      <FieldGroup title={words.organizer.eachRun}>
        <ChoiceField
          label={words.organizer.start}
          value={rules.start}
          options={[
            ['rolling', words.organizer.rollingTheFirstCrossing],
            ['key', words.organizer.theMarshalsKey],
            ['countdown', words.organizer.countdown],
          ]}
          onValue={(start) => set({ start })}
        />
        {rules.start === 'countdown' ? (
          <TextField
            label={words.organizer.countdownS}
            numeric
            value={rules.countdown}
            onValue={(countdown) => set({ countdown })}
          />
        ) : null}
        <ChoiceField
          label={words.organizer.theFirstLapBegins}
          value={rules.firstLap}
          options={[
            ['crossing', words.organizer.atTheFirstCrossing],
            ['signal', words.organizer.atTheStartSignal],
          ]}
          onValue={(firstLap) => set({ firstLap })}
        />
        <TextField
          label={words.organizer.timeLimitS}
          numeric
          placeholder={words.organizer.none}
          value={rules.timeLimit}
          onValue={(timeLimit) => set({ timeLimit })}
        />
        <TextField
          label={words.organizer.lapLimit}
          numeric
          placeholder={words.organizer.none}
          value={rules.lapLimit}
          onValue={(lapLimit) => set({ lapLimit })}
        />
        <TextField
          label={words.organizer.attempts}
          numeric
          placeholder={words.organizer.any}
          value={rules.attempts}
          onValue={(attempts) => set({ attempts })}
        />
        <TextField
          label={words.organizer.holdOffS}
          numeric
          hint={words.organizer.crossingsSoSoonAfterAnother}
          value={rules.holdoff}
          onValue={(holdoff) => set({ holdoff })}
        />
        <TextField
          label={words.organizer.slowestSpeedOfARun}
          numeric
          placeholder={words.organizer.asTheCrewSetIt}
          hint={words.organizer.ofTheThrottleThatThe}
          value={rules.slowest}
          onValue={(slowest) => set({ slowest })}
        />
        <TextField
          label={words.organizer.fastestSpeedOfARun}
          numeric
          placeholder={words.organizer.asTheCrewSetIt}
          hint={words.organizer.eachRunBeginsWithIt}
          value={rules.fastest}
          onValue={(fastest) => set({ fastest })}
        />
        <CheckField
          label={words.organizer.theLapUnderWayMay}
          value={rules.graceLap}
          onValue={(graceLap) => set({ graceLap })}
        />
        <CheckField
          label={words.organizer.aTechnicalStopStopsThe}
          value={rules.freezesClock}
          onValue={(freezesClock) => set({ freezesClock })}
        />
        <CheckField
          label={words.organizer.aCarThatIsCleared}
          value={rules.warnBeforeGo}
          onValue={(warnBeforeGo) => set({ warnBeforeGo })}
        />
      </FieldGroup>
      <FieldGroup title={words.organizer.resetsAndPenalties}>
        <TextField
          label={words.organizer.resetsInALap}
          numeric
          placeholder={words.organizer.any}
          value={rules.resetsPerLap}
          onValue={(resetsPerLap) => set({ resetsPerLap })}
        />
        <ChoiceField
          label={words.organizer.theCarIsPutBack}
          value={rules.resetsWhere}
          options={[
            ['in-place', words.organizer.whereItLeft],
            ['start-line', words.organizer.toTheStartLine],
          ]}
          onValue={(resetsWhere) => set({ resetsWhere })}
        />
        <TextField
          label={words.organizer.offTrackS}
          numeric
          value={rules.offTrack}
          onValue={(offTrack) => set({ offTrack })}
        />
        <TextField
          label={words.common.collisionS}
          numeric
          value={rules.collision}
          onValue={(collision) => set({ collision })}
        />
      </FieldGroup>
      <FieldGroup title={words.organizer.afterTheRuns}>
        <TextField
          label={words.organizer.timeForProtestsMin}
          numeric
          value={rules.protestMinutes}
          onValue={(protestMinutes) => set({ protestMinutes })}
        />
        <ChoiceField
          label={words.common.finals}
          value={rules.finals}
          options={[
            ['none', words.organizer.noneTitle],
            ['best-of', words.organizer.theBestRaceAgain],
            ['knock-out', words.organizer.knockOutInHeatsOf],
          ]}
          onValue={(finals) => set({ finals })}
        />
        {rules.finals === 'none' ? null : (
          <TextField
            label={words.organizer.racersInTheFinals}
            numeric
            value={rules.finalists}
            {...(knockOut ? { hint: words.organizer.powersOfTwo } : {})}
            onValue={(finalists) => set({ finalists })}
          />
        )}
      </FieldGroup>
    </>
  );
}
