import type { NetworkQuestion } from '@pitwall/protocol/policy';
import { expect, it } from 'vitest';
import { descriptionOf, draftOf, placesOf } from './describe-draft.js';

const question: NetworkQuestion = {
  camera: { name: 'image', colour: true },
  outputs: [
    { name: 'pi', numbers: 2 },
    { name: 'value', numbers: 1 },
  ],
  readings: [
    {
      input: { range: [0, 1] },
      outputs: {
        steering: { output: 'pi', index: 0, unit: 'share', positive: 'right', range: [-30, 30] },
        speed: { output: 'pi', index: 1, unit: 'share', range: [-4, 4] },
      },
    },
  ],
};

it('names every number that the network gives', () => {
  expect([...placesOf(question).keys()]).toEqual(['pi[0]', 'pi[1]', 'value']);
});

it('says what was chosen as a pitwall.yaml would, numbers as people type them', () => {
  const draft = draftOf(question.readings[0]);
  expect(descriptionOf(draft, question)).toEqual({
    ...question.readings[0],
    input: { name: 'image', colour: 'rgb', range: [0, 1] },
  });
  const typed = { ...draft, speedLow: '0,5', speedHigh: '', steeringLow: '\u221225' };
  expect(descriptionOf(typed, question)?.outputs).toMatchObject({
    steering: { range: [-25, 30] },
    speed: { range: [0.5, 0] },
  });
  const empty = { ...draft, speedLow: '', speedHigh: ' ' };
  expect(descriptionOf(empty, question)?.outputs).toMatchObject({ speed: { unit: 'share' } });
  expect(JSON.stringify(descriptionOf(empty, question)).match(/"range"/g)).toHaveLength(2);
});

it('says nothing before both numbers are chosen', () => {
  expect(descriptionOf(draftOf(undefined), question)).toBeUndefined();
  expect(descriptionOf({ ...draftOf(question.readings[0]), speed: '' }, question)).toBeUndefined();
});
