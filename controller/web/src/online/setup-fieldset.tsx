import { type OnlinePreset, onlinePresets } from '@pitwall/protocol/api';
import { useId } from 'react';
import { Choice, forms } from '../forms/index.js';
import styles from './online.module.css';
import { ruleFields, type SetupFields } from './setup-form.js';
import { useTracks } from './use-online.js';

interface FieldsetProps {
  readonly fields: SetupFields;
  readonly onFields: (fields: SetupFields) => void;
  /** What cannot be changed any more. */
  readonly stands: { readonly access: boolean; readonly rules: boolean; readonly dates: boolean };
}

type TextField = { [K in keyof SetupFields]: SetupFields[K] extends boolean ? never : K }[keyof SetupFields];
type Options = readonly (readonly [value: string, text: string])[];

const zones = Intl.supportedValuesOf('timeZone');

/** All that is said of an online race. */
export function SetupFieldset({ fields, onFields, stands }: FieldsetProps) {
  const set = (change: Partial<SetupFields>) => onFields({ ...fields, ...change });
  const zoneList = useId();
  const tracks = useTracks().data ?? [];
  const input = (label: string, name: TextField, more: React.ComponentProps<'input'> = {}) => (
    <label>
      {label}
      <input value={fields[name]} onChange={({ target }) => set({ [name]: target.value })} {...more} />
    </label>
  );
  const number = (label: string, name: TextField, min: number, max: number, step = 1) =>
    input(label, name, { type: 'number', inputMode: 'decimal', min, max, step });
  const select = (label: string, name: TextField, options: Options, disabled = false) => (
    <Choice
      label={label}
      value={fields[name]}
      options={options}
      disabled={disabled}
      onValue={(value) => set({ [name]: value })}
    />
  );
  return (
    <>
      <fieldset>
        <legend>Race</legend>
        <label className={styles.wide}>
          Name
          <input maxLength={100} value={fields.name} onChange={({ target }) => set({ name: target.value })} />
        </label>
        <label className={styles.wide}>
          Description
          <textarea
            maxLength={2000}
            value={fields.description}
            onChange={({ target }) => set({ description: target.value })}
          />
        </label>
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
      </fieldset>
      <fieldset>
        <legend>Dates</legend>
        {input('Opens', 'opens', { type: 'datetime-local', disabled: stands.dates, required: true })}
        {input('Closes', 'closes', { type: 'datetime-local', required: true })}
        {input('Time zone', 'timeZone', { list: zoneList, spellCheck: false })}
        <datalist id={zoneList}>
          {zones.map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </fieldset>
      <fieldset disabled={stands.rules}>
        <legend>Track and rules</legend>
        <label>
          Start from
          <select value="" onChange={({ target }) => set(ruleFields(onlinePresets[target.value as OnlinePreset]))}>
            <option value="" disabled>
              a preset …
            </option>
            {Object.entries(onlinePresets).map(([id, { name }]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
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
        <label className={forms.check}>
          <input
            type="checkbox"
            checked={fields.graceLap}
            onChange={({ target }) => set({ graceLap: target.checked })}
          />
          A lap under way may finish
        </label>
      </fieldset>
    </>
  );
}
