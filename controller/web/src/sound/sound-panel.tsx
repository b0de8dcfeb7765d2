import { Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { TextField } from '../forms/index.js';
import { Panel, Soft } from '../shell/index.js';
import { words } from '../show-words/index.js';
import { beeper, speaker, turnOn } from './devices.js';
import {
  beeped,
  type Category,
  changeSettings,
  isOn,
  onSettings,
  soundSettings,
  spoken,
  unknownIn,
  variables,
} from './settings.js';

/** What an empty template is. */
const emptyTemplate = `{${variables[0]}}`;
const never = () => () => undefined;

/** What this device says and beeps. */
export default function SoundPanel() {
  const settings = useSyncExternalStore(onSettings, soundSettings);
  const isBlocked = useSyncExternalStore(speaker?.onBlocked ?? never, speaker?.blocked ?? (() => false));
  const toggle = (category: Category, on: boolean) =>
    changeSettings({ categories: { ...settings.categories, [category]: on } });
  const write = (category: Category, template: string) =>
    changeSettings({ templates: { ...settings.templates, [category]: template } });
  const tryIt = () => {
    if (settings.tones) beeper.play('best');
    if (settings.voice) speaker?.say(words.show.trySentence, 4);
  };
  return (
    <Panel title={words.show.sound}>
      <Group gap="md">
        <Checkbox
          label={words.show.voice}
          checked={settings.voice}
          disabled={speaker === null}
          onChange={({ currentTarget }) => turnOn('voice', currentTarget.checked)}
        />
        <Checkbox
          label={words.show.tones}
          checked={settings.tones}
          disabled={!beeper.exists}
          onChange={({ currentTarget }) => turnOn('tones', currentTarget.checked)}
        />
        <label>
          {words.show.volume}{' '}
          <input
            type="range"
            min="0"
            max="1"
            step="0.05"
            value={settings.volume}
            onChange={({ currentTarget }) => changeSettings({ volume: Number(currentTarget.value) })}
          />
        </label>
        <Button variant="default" size="xs" onClick={tryIt} disabled={!settings.voice && !settings.tones}>
          {words.show.tryIt}
        </Button>
      </Group>
      {speaker === null ? <Soft>{words.show.noVoice}</Soft> : null}
      {beeper.exists ? null : <Soft>{words.show.noTones}</Soft>}
      <div role="status">{settings.voice && isBlocked ? <Text fw={600}>{words.show.blocked}</Text> : null}</div>
      <details>
        <summary>{words.show.whatIsSaid}</summary>
        <Stack gap="xs" mt="xs">
          {[...beeped, ...spoken].map((category) => (
            <Group key={category} gap="xs" align="start">
              <Checkbox
                flex="1 1 12rem"
                label={words.show.categories[category]}
                checked={isOn(settings, category)}
                onChange={({ currentTarget }) => toggle(category, currentTarget.checked)}
              />
              {category === 'countdown' || category === 'crossings' || category === 'keys' ? null : (
                <Template
                  category={category}
                  value={settings.templates[category] ?? ''}
                  onValue={(template) => write(category, template)}
                />
              )}
            </Group>
          ))}
          <Soft>{words.show.templateHint}</Soft>
        </Stack>
      </details>
    </Panel>
  );
}

interface TemplateProps {
  readonly category: (typeof spoken)[number];
  readonly value: string;
  readonly onValue: (template: string) => void;
}

function Template({ category, value, onValue }: TemplateProps) {
  const wrong = unknownIn(value);
  return (
    <TextField
      flex="2 1 14rem"
      aria-label={words.show.template(words.show.categories[category])}
      placeholder={emptyTemplate}
      maxLength={200}
      value={value}
      error={wrong === null ? undefined : words.show.templateWrong(wrong)}
      onValue={onValue}
    />
  );
}
