import type { NetworkDescription, NetworkQuestion } from '@pitwall/protocol/policy';

type Outputs = Extract<NonNullable<NetworkDescription['outputs']>, { steering: unknown }>;

export interface DescribeModelProps {
  /** Of the model. */
  readonly name: string;
  /** What the refusal asks, as it came. */
  readonly question: unknown;
  readonly busy?: boolean;
  /** Given as JSON: what a pitwall.yaml would say. */
  readonly onDescribe: (description: string) => void;
  readonly onCancel: () => void;
}

/** What a racer says of a network, as it stands in the fields. */
export interface DescribeDraft {
  readonly colour: 'rgb' | 'bgr';
  readonly black: string;
  readonly white: string;
  /** Which numbers, as {@link placesOf} names them. */
  readonly steering: string;
  readonly steeringUnit: Outputs['steering']['unit'];
  readonly positive: 'left' | 'right';
  readonly steeringLow: string;
  readonly steeringHigh: string;
  readonly speed: string;
  readonly speedUnit: Outputs['speed']['unit'];
  readonly speedLow: string;
  readonly speedHigh: string;
}

const placeName = (output: string, index: number | undefined): string =>
  index === undefined ? output : `${output}[${index}]`;

/** Each number that the network gives, by a name that a person can read. */
export function placesOf({ outputs }: NetworkQuestion): Map<string, { output: string; index?: number }> {
  const places = new Map<string, { output: string; index?: number }>();
  for (const { name, numbers } of outputs.slice(0, 20))
    if (numbers === 1) places.set(name, { output: name });
    else
      for (let index = 0; index < Math.min(numbers, 40); index += 1)
        places.set(placeName(name, index), { output: name, index });
  return places;
}

const text = (value: number | undefined): string => (value === undefined ? '' : String(value));

/** A reading in the fields; without one nothing is chosen. */
export function draftOf(reading: NetworkDescription | undefined): DescribeDraft {
  const outputs = reading?.outputs as Outputs | undefined;
  const place = (of: Outputs['steering' | 'speed'] | undefined) =>
    of === undefined ? '' : placeName(of.output ?? '', of.index);
  return {
    colour: reading?.input?.colour === 'bgr' ? 'bgr' : 'rgb',
    black: text(reading?.input?.range?.[0] ?? 0),
    white: text(reading?.input?.range?.[1] ?? 255),
    steering: place(outputs?.steering),
    steeringUnit: outputs?.steering.unit ?? 'share',
    positive: outputs?.steering.positive ?? 'left',
    steeringLow: text(outputs?.steering.range?.[0]),
    steeringHigh: text(outputs?.steering.range?.[1]),
    speed: place(outputs?.speed),
    speedUnit: outputs?.speed.unit ?? 'share',
    speedLow: text(outputs?.speed.range?.[0]),
    speedHigh: text(outputs?.speed.range?.[1]),
  };
}

const numberOf = (field: string): number => Number(field.trim().replace(',', '.').replace('\u2212', '-'));
const range = (low: string, high: string): { range?: [number, number] } =>
  low.trim() === '' && high.trim() === '' ? {} : { range: [numberOf(low), numberOf(high)] };

/** As a pitwall.yaml has it; the server says what is wrong with it. Undefined where not all is chosen. */
export function descriptionOf(draft: DescribeDraft, question: NetworkQuestion): NetworkDescription | undefined {
  const places = placesOf(question);
  const [steering, speed] = [places.get(draft.steering), places.get(draft.speed)];
  if (steering === undefined || speed === undefined) return undefined;
  return {
    input: {
      name: question.camera.name,
      ...(question.camera.colour ? { colour: draft.colour } : {}),
      range: [numberOf(draft.black), numberOf(draft.white)],
    },
    outputs: {
      steering: {
        ...steering,
        unit: draft.steeringUnit,
        positive: draft.positive,
        ...range(draft.steeringLow, draft.steeringHigh),
      },
      speed: { ...speed, unit: draft.speedUnit, ...range(draft.speedLow, draft.speedHigh) },
    },
  };
}
