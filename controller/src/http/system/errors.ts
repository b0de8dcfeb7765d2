import { errorLine, isPitwallError, PitwallError } from '@pitwall/protocol';
import type { FastifyError, FastifyInstance } from 'fastify';
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from 'fastify-type-provider-zod';

/** HTTP status by error code. A code that is not named here is a refusal as things stand: 409. */
const statuses: Readonly<Record<string, number>> = {
  'access-denied': 403,
  'access-unknown': 401,
  'archive-too-large': 413,
  'backup-failed': 500,
  'car-silent': 504,
  'internal-error': 500,
  'message-invalid': 400,
  'not-found': 404,
  'output-failed': 507,
  'passphrase-refused': 400,
  'request-refused': 400,
  'request-cross-site': 403,
  'sign-in-refused': 401,
  'signature-invalid': 403,
  'store-unavailable': 503,
  'too-many-requests': 429,
  'too-many-tries': 429,
};

export const statusOf = (error: PitwallError): number => statuses[error.code] ?? 409;

/** What of a request is not valid, in words. */
const parts: Readonly<Record<string, string>> = {
  body: 'body',
  headers: 'header',
  params: 'address',
  querystring: 'query',
};

const bodyOf = (error: PitwallError) => ({ error: error.toJSON() });

/** Whatever went wrong, as the one error class. What nobody foresaw says nothing of its inside. */
export function asPitwallError(error: unknown): PitwallError {
  if (isPitwallError(error)) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const where = parts[error.validationContext ?? ''] ?? 'request';
    const issues = error.validation.map(({ instancePath, message }) => {
      const field = instancePath.replace(/^\//, '').replaceAll('/', '.');
      return { field, text: field === '' ? `${message}` : `${field}: ${message}` };
    });
    const more = issues.length > 3 ? ` and ${issues.length - 3} more` : '';
    return new PitwallError(
      'message-invalid',
      `The ${where} is not valid: ${issues
        .slice(0, 3)
        .map(({ text }) => text)
        .join('; ')}${more}.`,
      { details: { fields: issues.map(({ field }) => field).slice(0, 20) } },
    );
  }
  return new PitwallError('internal-error', 'Something went wrong here; the log of the server says what.', {
    cause: error,
  });
}

/** Every failure leaves as `{error: {code, message, details?}}`, what Fastify itself refuses and unknown paths included. */
export function setErrorBodies(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) => {
    const error = new PitwallError('not-found', `There is no ${request.method} ${request.url.split('?')[0]} here.`);
    return reply.code(404).send(bodyOf(error));
  });
  app.setErrorHandler((failure: FastifyError, request, reply) => {
    const known = isPitwallError(failure) || hasZodFastifySchemaValidationErrors(failure);
    if (!known && !isResponseSerializationError(failure) && refusedByServer(failure)) {
      const refusal = new PitwallError('request-refused', `The request is refused: ${failure.message}.`);
      return reply.code(failure.statusCode ?? 400).send(bodyOf(refusal));
    }
    const error = asPitwallError(failure);
    const { retryAfter } = error.details;
    if (typeof retryAfter === 'number') reply.header('retry-after', Math.ceil(retryAfter));
    if (statusOf(error) >= 500) request.log.error({ err: failure }, errorLine(error));
    return reply.code(statusOf(error)).send(bodyOf(error));
  });
}

/** Too large, not JSON, wrong media type, too many requests: Fastify's own 4xx. */
const refusedByServer = ({ statusCode }: FastifyError): boolean =>
  statusCode !== undefined && statusCode >= 400 && statusCode < 500;
