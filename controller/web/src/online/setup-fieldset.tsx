import { Textarea, TextInput } from '@mantine/core';
import { type OnlinePreset, onlinePresets } from '@pitwall/protocol/api';
import { type ComponentProps, useId } from 'react';
import { CheckField, ChoiceField, FieldGroup } from '../forms/index.js';
import { words } from '../online-words/index.js';
import { decimal } from '../words/index.js';
import { ruleFields, type SetupFields } from './setup-form.js';
import { useTracks } from './use-online.js';

interface FieldsetProps {
  readonly fields: SetupFields;
  readonly onFields: (fields: SetupFields) => void;
  /** What cannot be changed any more. */
  readonly stands: { readonly access: boolean; readonly rules: boolean; readonly dates: boolean };
}

type TextName = { [K in keyof SetupFields]: SetupFields[K] extends boolean ? never : K }[keyof SetupFields];
type Options = readonly (readonly [value: string, text: string])[];

const zones = Intl.supportedValuesOf('timeZone');

/** All that is said of an online race. */
export function SetupFieldset({ fields, onFields, stands }: FieldsetProps) {
  const set = (change: Partial<SetupFields>) => onFields({ ...fields, ...change });
  const zoneList = useId();
  const tracks = useTracks().data ?? [];
  const input = (label: string, name: TextName, more: Partial<ComponentProps<typeof TextInput>> = {}) => (
    <TextInput
      label={label}
      value={fields[name]}
      withAsterisk={false}
      onChange={({ currentTarget }) => set({ [name]: currentTarget.value })}
      {...more}
    />
  );
  const number = (label: string, name: TextName, min: number, max: number, step = 1) =>
    input(label, name, { type: 'number', inputMode: 'decimal', min, max, step });
  const select = (label: string, name: TextName, options: Options, disabled = false) => (
    <ChoiceField
      label={label}
      value={fields[name]}
      options={options}
      disabled={disabled}
      onValue={(value) => set({ [name]: value })}
    />
  );
  return (
    <>
      <FieldGroup title={words.common.race}>
        {input(words.common.name, 'name', { maxLength: 100 })}
        <Textarea
          label={words.online.description}
          rows={3}
          maxLength={2000}
          value={fields.description}
          onChange={({ currentTarget }) => set({ description: currentTarget.value })}
        />
        {select(
          words.online.whoMayEnter,
          'access',
          [
            ['open', words.online.everyone],
            ['invited', words.online.whoeverHasTheLink],
          ],
          stands.access,
        )}
        {input(words.online.submissionsARacerEmptyNo, 'quota', { type: 'number', min: 1, max: 10_000 })}
      </FieldGroup>
      <FieldGroup title={words.online.dates}>
        {input(words.online.opens, 'opens', { type: 'datetime-local', disabled: stands.dates, required: true })}
        {input(words.online.closes, 'closes', { type: 'datetime-local', required: true })}
        {input(words.online.timeZone, 'timeZone', { list: zoneList, spellCheck: false })}
        <datalist id={zoneList}>
          {zones.map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </FieldGroup>
      <FieldGroup title={words.online.trackAndRules} disabled={stands.rules}>
        <ChoiceField
          label={words.online.startFrom}
          value=""
          options={[
            ['', words.online.aPreset],
            ...Object.entries(onlinePresets).map(([id, { name }]) => [id, name] as const),
          ]}
          onValue={(preset) => (preset === '' ? undefined : set(ruleFields(onlinePresets[preset as OnlinePreset])))}
        />
        {input(words.common.nameOfTheRules, 'rules', { maxLength: 100 })}
        {select(
          words.common.track,
          'track',
          tracks.length === 0
            ? [[fields.track, fields.track]]
            : tracks.map(
                ({ track, name, lengthM }) => [track, words.online.nameLengthMM(name, decimal(lengthM, 1))] as const,
              ),
        )}
        {select(words.common.direction, 'direction', [
          ['counter-clockwise', 'counter-clockwise'],
          ['clockwise', 'clockwise'],
        ])}
        {select(words.online.raceType, 'raceType', [
          ['time-trial', words.online.timeTrial],
          ['object-avoidance', words.online.objectAvoidanceSmall],
          ['head-to-bot', words.online.headToBot],
        ])}
        {fields.raceType === 'object-avoidance' ? number(words.common.boxes, 'boxes', 1, 6) : null}
        {fields.raceType === 'head-to-bot' ? number(words.common.bots, 'bots', 1, 6) : null}
        {fields.raceType === 'head-to-bot' ? number(words.online.botsSpeedMS, 'botSpeed', 0.2, 6, 0.1) : null}
        {number(words.online.starts, 'trials', 1, 20)}
        {number(words.online.lapsAStart, 'laps', 1, 50)}
        {select(words.common.rankedBy, 'rankedBy', [
          ['best-lap', words.online.bestLap],
          ['average', words.online.averageOfConsecutiveLaps],
          ['total', words.online.totalOfLaps],
        ])}
        {fields.rankedBy === 'best-lap' ? null : number(words.online.ofHowManyLaps, 'rankedLaps', 1, 50)}
        {select(
          words.online.lapsInARowTo,
          'qualifying',
          ['1', '2', '3', '5', '10'].map((count) => [count, count] as const),
        )}
        {number(words.online.minutesInAll, 'minutes', 1, 20)}
        {input(words.online.resetsALapEmptyNo, 'resets', { type: 'number', min: 0, max: 10 })}
        {select(words.common.reset, 'resetWhere', [
          ['in-place', words.online.whereTheCarLeftThe],
          ['start-line', words.online.fromTheStartLine],
        ])}
        {number(words.online.offTrackS, 'offTrack', 0, 60, 0.5)}
        {number(words.common.collisionS, 'collision', 0, 60, 0.5)}
        {number(words.online.seedStartsBoxesBots, 'seed', 0, 0xffffffff)}
        <CheckField
          label={words.online.aLapUnderWayMayFinish}
          value={fields.graceLap}
          onValue={(graceLap) => set({ graceLap })}
        />
      </FieldGroup>
    </>
  );
}
