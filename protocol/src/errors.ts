import type { errorCodes } from './error-codes.js';

export type ErrorCode = keyof typeof errorCodes;

/**
 * Without what is no character to read: names in files that others made reach sentences, and control characters would change a
 * terminal, marks of direction (Unicode TR 9) the order of what stands there.
 */
const readable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
const oneLine = (text: string): string => text.replace(/\s*[\n\u2028\u2029]\s*/g, ' ');

/**
 * The one error class. Callers branch on `code`, never on text. `message` says what is wrong, where, and what to do;
 * `details` holds what a program would want to know (never a secret).
 */
export class PitwallError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: Record<string, unknown> } = {}) {
    super(readable(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PitwallError';
    this.code = code;
    this.details = options.details ?? {};
  }

  toJSON(): { code: ErrorCode; message: string; details?: Readonly<Record<string, unknown>> } {
    const { code, message, details } = this;
    return Object.keys(details).length === 0 ? { code, message } : { code, message, details };
  }
}

export function isPitwallError(error: unknown): error is PitwallError {
  return error instanceof PitwallError;
}

/** One line for a person at a terminal: code, message, and the innermost cause. */
export function errorLine(error: unknown): string {
  if (!isPitwallError(error)) return `unexpected: ${error instanceof Error ? error.message : String(error)}`;
  let cause: unknown = error.cause;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  const reason = cause instanceof Error ? ` (cause: ${readable(cause.message.split('\n')[0] ?? '')})` : '';
  return oneLine(`${error.code}: ${error.message}${reason}`);
}
