import { PitwallError } from '@pitwall/protocol';
import { NetworkDescription } from '@pitwall/protocol/policy';
import { yaml } from '@pitwall/runtime';
import type { z } from 'zod';

export const descriptionNames = /^pitwall\.ya?ml$/i;
const longest = 65_536;

/** @throws PitwallError `metadata-invalid`, with a sentence that names line or field. */
export function readDescription(text: string): NetworkDescription {
  const refused = (why: string, cause?: unknown) =>
    new PitwallError('metadata-invalid', `pitwall.yaml ${why}`, cause === undefined ? {} : { cause });
  if (text.length > longest)
    throw refused(`has ${text.length} characters; what describes a network takes a few lines.`);
  let value: unknown;
  try {
    value = yaml().parse(text.replace(/^\uFEFF/, ''), { maxAliasCount: 0 });
  } catch (cause) {
    const where = cause instanceof yaml().YAMLParseError ? cause.linePos?.[0] : undefined;
    const place = where === undefined ? '' : ` at line ${where.line}, column ${where.col}`;
    throw refused(`cannot be read as YAML${place}; docs/models.md shows how it is written.`, cause);
  }
  const parsed = NetworkDescription.safeParse(value);
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
