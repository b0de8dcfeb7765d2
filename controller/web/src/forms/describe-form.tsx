import { Button, Group, Text } from '@mantine/core';
import { type NetworkDescription, NetworkQuestion } from '@pitwall/protocol/policy';
import { useState } from 'react';
import { words } from '../words/index.js';
import { type DescribeDraft, type DescribeModelProps, descriptionOf, draftOf, placesOf } from './describe-draft.js';
import { ChoiceField, FieldGroup, TextField } from './fields.js';
import { Form } from './form.js';

/** Where a racer says what a network's numbers mean, from the readings that fit it. */
export default function DescribeForm({ question, ...more }: DescribeModelProps) {
  const asked = NetworkQuestion.safeParse(question).data;
  return asked === undefined ? null : <Fields {...more} question={asked} />;
}

function Fields({
  name,
  question,
  busy = false,
  onDescribe,
  onCancel,
}: DescribeModelProps & { readonly question: NetworkQuestion }) {
  const [reading, setReading] = useState('');
  const [draft, setDraft] = useState(() => draftOf(undefined));
  const change = (part: Partial<DescribeDraft>) => setDraft((before) => ({ ...before, ...part }));
  const places = ['', ...placesOf(question).keys()].map((place) => [place, place === '' ? '–' : place] as const);
  const described = descriptionOf(draft, question);
  const field = (
    key: Exclude<keyof DescribeDraft, 'colour' | 'positive' | 'steeringUnit' | 'speedUnit'>,
    label: string,
  ) => (
    <TextField label={label} numeric value={draft[key]} maxLength={12} onValue={(value) => change({ [key]: value })} />
  );
  return (
    <Form
      label={words.forms.whatTheNumbersMean(name)}
      onSubmit={() => {
        if (described !== undefined) onDescribe(JSON.stringify(described));
      }}
      onCancel={onCancel}
    >
      <Text fw={700}>{words.forms.whatTheNumbersMean(name)}</Text>
      {question.readings.length === 0 ? null : (
        <ChoiceField
          label={words.forms.readingsThatFit}
          value={reading}
          options={[
            ...(reading === '' ? [['', '–'] as const] : []),
            ...question.readings.map((one, at) => [String(at), inWords(one)] as const),
          ]}
          onValue={(chosen) => {
            setReading(chosen);
            setDraft(draftOf(question.readings[Number(chosen)]));
          }}
        />
      )}
      <FieldGroup title={words.forms.picture} least="8rem">
        {question.camera.colour ? (
          <ChoiceField
            label={words.forms.orderOfColours}
            value={draft.colour}
            options={[
              ['rgb', 'RGB'],
              ['bgr', 'BGR'],
            ]}
            onValue={(colour) => change({ colour })}
          />
        ) : null}
        {field('black', words.forms.blackIs)}
        {field('white', words.forms.whiteIs)}
      </FieldGroup>
      <FieldGroup title={words.forms.steering} least="8rem">
        <ChoiceField
          label={words.forms.number}
          value={draft.steering}
          options={places}
          onValue={(steering) => change({ steering })}
        />
        <ChoiceField
          label={words.forms.unit}
          value={draft.steeringUnit}
          options={[
            ['share', words.forms.share],
            ['degrees', words.forms.degrees],
            ['radians', words.forms.radians],
          ]}
          onValue={(steeringUnit) => change({ steeringUnit })}
        />
        <ChoiceField
          label={words.forms.positive}
          value={draft.positive}
          options={[
            ['left', words.forms.left],
            ['right', words.forms.right],
          ]}
          onValue={(positive) => change({ positive })}
        />
        {field('steeringLow', words.forms.fromDegrees)}
        {field('steeringHigh', words.forms.toDegrees)}
      </FieldGroup>
      <FieldGroup title={words.forms.speed} least="8rem">
        <ChoiceField
          label={words.forms.number}
          value={draft.speed}
          options={places}
          onValue={(speed) => change({ speed })}
        />
        <ChoiceField
          label={words.forms.unit}
          value={draft.speedUnit}
          options={[
            ['share', words.forms.share],
            ['m/s', 'm/s'],
          ]}
          onValue={(speedUnit) => change({ speedUnit })}
        />
        {field('speedLow', words.forms.fromSpeed)}
        {field('speedHigh', words.forms.toSpeed)}
      </FieldGroup>
      <Group>
        <Button type="submit" disabled={busy || described === undefined}>
          {words.forms.checkItAgain}
        </Button>
        <Button variant="default" onClick={onCancel}>
          {words.common.cancel}
        </Button>
      </Group>
    </Form>
  );
}

function inWords({ input, outputs }: NetworkDescription): string {
  if (outputs === undefined || !('steering' in outputs)) return '';
  const { steering, speed } = outputs;
  const place = ({ output = '', index }: { output?: string | undefined; index?: number | undefined }) =>
    index === undefined ? output : `${output}[${index}]`;
  return words.forms.reading(
    place(steering),
    steering.positive === 'left' ? words.forms.left : words.forms.right,
    place(speed),
    `${input?.range?.[0] ?? 0}–${input?.range?.[1] ?? 255}`,
  );
}
