import type { z } from 'zod';
import { type ErrorCode, PitwallError } from './errors.js';

/**
 * Parses what came from outside. `what` names it for a person ("the crossing of gate start").
 * @throws PitwallError with `code` and one sentence that names each wrong field.
 */
export function parse<S extends z.ZodType>(
  schema: S,
  value: unknown,
  what: string,
  code: ErrorCode = 'message-invalid',
): z.infer<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 3).map((issue) => {
    const where = issue.path.map(String).join('.');
    return where === '' ? issue.message : `${where}: ${issue.message}`;
  });
  const more = parsed.error.issues.length > 3 ? ` and ${parsed.error.issues.length - 3} more` : '';
  throw new PitwallError(code, `${what} is not valid: ${issues.join('; ')}${more}.`, {
    details: { fields: parsed.error.issues.map((issue) => issue.path.map(String).join('.')).slice(0, 20) },
  });
}

/** Parses JSON text and then its shape. @throws PitwallError as {@link parse} does. */
export function parseJson<S extends z.ZodType>(
  schema: S,
  text: string,
  what: string,
  code: ErrorCode = 'message-invalid',
): z.infer<S> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new PitwallError(code, `${what} is not JSON.`, { cause });
  }
  return parse(schema, value, what, code);
}
