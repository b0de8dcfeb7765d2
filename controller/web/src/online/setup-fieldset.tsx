import { Textarea, TextInput } from '@mantine/core';
import { type OnlinePreset, onlinePresets } from '@pitwall/protocol/api';
import { type ComponentProps, useId } from 'react';
import { CheckField, ChoiceField, FieldGroup } from '../forms/index.js';
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
      <FieldGroup title="Race">
        {input('Name', 'name', { maxLength: 100 })}
        <Textarea
          label="Description"
          rows={3}
          maxLength={2000}
          value={fields.description}
          onChange={({ currentTarget }) => set({ description: currentTarget.value })}
        />
        {select(
          'Who may enter',
          'access',
          [
            ['open', 'everyone'],
            ['invited', 'whoever has the link'],
          ],
          stands.access,
        )}
        {input('Submissions a racer (empty: no limit)', 'quota', { type: 'number', min: 1, max: 10_000 })}
      </FieldGroup>
      <FieldGroup title="Dates">
        {input('Opens', 'opens', { type: 'datetime-local', disabled: stands.dates, required: true })}
        {input('Closes', 'closes', { type: 'datetime-local', required: true })}
        {input('Time zone', 'timeZone', { list: zoneList, spellCheck: false })}
        <datalist id={zoneList}>
          {zones.map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </FieldGroup>
      <FieldGroup title="Track and rules" disabled={stands.rules}>
        <ChoiceField
          label="Start from"
          value=""
          options={[['', 'a preset …'], ...Object.entries(onlinePresets).map(([id, { name }]) => [id, name] as const)]}
          onValue={(preset) => (preset === '' ? undefined : set(ruleFields(onlinePresets[preset as OnlinePreset])))}
        />
        {input('Name of the rules', 'rules', { maxLength: 100 })}
        {select(
          'Track',
          'track',
          tracks.length === 0
            ? [[fields.track, fields.track]]
            : tracks.map(({ track, name, lengthM }) => [track, `${name}, ${lengthM.toFixed(1)} m`] as const),
        )}
        {select('Direction', 'direction', [
          ['counter-clockwise', 'counter-clockwise'],
          ['clockwise', 'clockwise'],
        ])}
        {select('Race type', 'raceType', [
          ['time-trial', 'time trial'],
          ['object-avoidance', 'object avoidance'],
          ['head-to-bot', 'head to bot'],
        ])}
        {fields.raceType === 'object-avoidance' ? number('Boxes', 'boxes', 1, 6) : null}
        {fields.raceType === 'head-to-bot' ? number('Bots', 'bots', 1, 6) : null}
        {fields.raceType === 'head-to-bot' ? number('Bots’ speed, m/s', 'botSpeed', 0.2, 6, 0.1) : null}
        {number('Starts', 'trials', 1, 20)}
        {number('Laps a start', 'laps', 1, 50)}
        {select('Ranked by', 'rankedBy', [
          ['best-lap', 'best lap'],
          ['average', 'average of consecutive laps'],
          ['total', 'total of laps'],
        ])}
        {fields.rankedBy === 'best-lap' ? null : number('… of how many laps', 'rankedLaps', 1, 50)}
        {select(
          'Laps in a row to qualify',
          'qualifying',
          ['1', '2', '3', '5', '10'].map((count) => [count, count] as const),
        )}
        {number('Minutes in all', 'minutes', 1, 20)}
        {input('Resets a lap (empty: no limit)', 'resets', { type: 'number', min: 0, max: 10 })}
        {select('Reset', 'resetWhere', [
          ['in-place', 'where the car left the track'],
          ['start-line', 'from the start line'],
        ])}
        {number('Off track, s', 'offTrack', 0, 60, 0.5)}
        {number('Collision, s', 'collision', 0, 60, 0.5)}
        {number('Seed (starts, boxes, bots)', 'seed', 0, 0xffffffff)}
        <CheckField
          label="A lap under way may finish"
          value={fields.graceLap}
          onValue={(graceLap) => set({ graceLap })}
        />
      </FieldGroup>
    </>
  );
}
