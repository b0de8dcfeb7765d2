import type { errorCodes } from './error-codes.js';

export type ErrorCode = keyof typeof errorCodes;

/**
 * The one error class. Callers branch on `code`, never on text. `message` says what is wrong, where, and what to do;
 * `details` holds what a program would want to know (never a secret).
 */
export class PitwallError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: Record<string, unknown> } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
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
  const reason = cause instanceof Error ? ` (cause: ${cause.message.split('\n')[0]})` : '';
  return `${error.code}: ${error.message}${reason}`;
}
