import { PitwallError } from '@pitwall/protocol';
import { parse as parseYaml, YAMLParseError } from 'yaml';
import { z } from 'zod';

/** What a racer says of a network whose own file does not: `pitwall.yaml` in its archive or beside it. */
const name = z.string().min(1).max(200);
const pair = (what: string) =>
  z
    .tuple([z.number(), z.number()])
    .refine(([low, high]) => low < high, `must be [lowest, highest] ${what}, the lower one first`);
const place = {
  /** Of the network's outputs; absent: the only one. */
  output: name.optional(),
  /** Which of its numbers, counted from 0; absent: the output is a single number. */
  index: z.number().int().nonnegative().max(4096).optional(),
  /** With unit `share`: the numbers that stand for the two ends of `range`. */
  numbers: pair('of what the network gives').optional(),
};
const degrees = pair('in degrees, positive to the left').refine(
  (range) => range.every((value) => Math.abs(value) <= 90),
  'must be angles from -90 to 90 degrees',
);
const speeds = pair('in m/s').refine(
  (range) => range.every((value) => Math.abs(value) <= 20),
  'must be speeds from -20 to 20 m/s',
);

const Description = z.strictObject({
  input: z
    .strictObject({
      name: name.optional(),
      colour: z.enum(['grey', 'rgb', 'bgr']).optional(),
      /** What black and white are for the network. */
      range: pair('of a pixel').optional(),
    })
    .optional(),
  lidar: z
    .strictObject({
      /** Of Pitwall, in which it was trained; absent: in the cloud's. Up to version 2, 0° of its scan was ahead. */
      simulator: z.number().int().min(1).max(1000),
    })
    .optional(),
  outputs: z
    .strictObject({
      steering: z.strictObject({
        ...place,
        unit: z.enum(['share', 'degrees', 'radians']),
        positive: z.enum(['left', 'right']),
        range: degrees.optional(),
      }),
      speed: z.strictObject({ ...place, unit: z.enum(['share', 'm/s']), range: speeds.optional() }),
    })
    .or(z.strictObject({ actions: z.strictObject({ output: name, as: z.enum(['probabilities', 'scores']) }) }))
    .optional(),
});
export type Description = z.infer<typeof Description>;

export const descriptionNames = /^pitwall\.ya?ml$/i;
const longest = 65_536;

/** @throws PitwallError `metadata-invalid`, with a sentence that names line or field. */
export function readDescription(text: string): Description {
  const refused = (why: string, cause?: unknown) =>
    new PitwallError('metadata-invalid', `pitwall.yaml ${why}`, cause === undefined ? {} : { cause });
  if (text.length > longest)
    throw refused(`has ${text.length} characters; what describes a network takes a few lines.`);
  let value: unknown;
  try {
    value = parseYaml(text.replace(/^\uFEFF/, ''), { maxAliasCount: 0 });
  } catch (cause) {
    const where = cause instanceof YAMLParseError ? cause.linePos?.[0] : undefined;
    const place = where === undefined ? '' : ` at line ${where.line}, column ${where.col}`;
    throw refused(`cannot be read as YAML${place}; docs/models.md shows how it is written.`, cause);
  }
  const parsed = Description.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const inner = issue?.code === 'invalid_union' ? deepest(issue.errors) : issue;
  const field = [...(issue?.path ?? []), ...(inner === issue ? [] : (inner?.path ?? []))].join('.');
  throw refused(
    `is not valid: ${field === '' ? '' : `${field}: `}${inner?.message}. docs/models.md shows how it is written.`,
  );
}

type Issue = z.core.$ZodIssue;
/** Of the forms that `outputs` has, the one that comes nearest to what was written. */
const deepest = (forms: readonly (readonly Issue[])[]): Issue | undefined =>
  forms.toSorted((a, b) => a.length - b.length || (b[0]?.path.length ?? 0) - (a[0]?.path.length ?? 0))[0]?.[0];
