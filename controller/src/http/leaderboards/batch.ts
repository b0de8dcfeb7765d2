import { PassThrough, Readable } from 'node:stream';
import { LeaderboardId, PitwallError } from '@pitwall/protocol';
import { type BatchLine, ErrorBody } from '@pitwall/protocol/api';
import { z } from 'zod';
import type { Principal } from '../../accounts/index.js';
import type { Leaderboards } from '../../leaderboard/index.js';
import { callerOf } from '../system/access.js';
import { asPitwallError } from '../system/errors.js';
import { sendRaw } from '../system/raw-body.js';
import type { Routes } from '../system/server.js';
import { incomingOf } from './incoming.js';
import { linesOf } from './lines.js';

/** Lines that are checked together and then written together. */
const together = 250;
/** So many groups are under way at once: one is checked while others are written. */
const inFlight = 3;
const mostLines = 100_000;
const longestLine = 1_000_000;
const mediaType = 'application/x-ndjson';

const tooLong = new PitwallError('message-invalid', `The line is longer than ${longestLine} bytes.`);
const tooMany = new PitwallError(
  'message-invalid',
  `A batch has at most ${mostLines} lines; send this one and those behind it in another.`,
);

interface Line {
  readonly line: number;
  /** Or why it is refused unread. */
  readonly text: string | PitwallError;
}

/** `POST …/results:batch`: results as NDJSON, taken as they stream in; one outcome a line streams back. */
export const batchRoutes =
  (leaderboards: Leaderboards): Routes =>
  (app) => {
    // Nothing else is a batch.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(mediaType, (_request, payload, done) => done(null, payload));
    app.post(
      '/api/v1/leaderboards/:id/results::batch',
      {
        config: { access: ['source', 'organizer'], objects: 'a source its own results, and boards that take them' },
        schema: {
          tags: ['leaderboards'],
          summary: `Sends up to ${mostLines} results, one a line (NDJSON), and answers one outcome a line in the same order`,
          consumes: [mediaType],
          produces: [mediaType],
          params: z.object({ id: LeaderboardId }),
          response: { 401: ErrorBody, 403: ErrorBody, 404: ErrorBody, 415: ErrorBody },
        },
      },
      async (request, reply) => {
        const sender = callerOf(request);
        await leaderboards.boards.get(request.params.id);
        const { body } = request;
        if (!(body instanceof Readable))
          throw new PitwallError('message-invalid', `Send the results as the body: one a line, as ${mediaType}.`);
        const answers = new PassThrough({ highWaterMark: 2 ** 24 });
        take(leaderboards, request.params.id, body, sender, answers).then(
          () => answers.end(),
          (error: unknown) => answers.destroy(error as Error),
        );
        return sendRaw(reply.header('content-type', mediaType), answers);
      },
    );
  };

/** Answers never hold up reading, so a sender may write everything before it reads: they are small, and counted. */
async function take(
  leaderboards: Leaderboards,
  board: string,
  body: Readable,
  sender: Principal,
  answers: PassThrough,
): Promise<void> {
  const groups: Promise<void>[] = [];
  let written: Promise<void> = Promise.resolve();
  let lines: Line[] = [];
  let count = 0;
  const send = () => {
    const group = lines;
    lines = [];
    const outcomes = Promise.all(group.map(({ text }) => check(leaderboards, text, sender))).then((checked) =>
      checked.map((item) => (item instanceof PitwallError ? item : leaderboards.ingest(board, item))),
    );
    // Marked as heard of at once; what they reject with is answered line by line.
    outcomes.then((all) => Promise.allSettled(all)).catch(() => undefined);
    written = written.then(async () => {
      const all = await outcomes;
      for (const [index, { line }] of group.entries()) {
        const answer = await Promise.resolve(all[index] as (typeof all)[number]).catch(asPitwallError);
        answers.write(
          `${JSON.stringify(
            answer instanceof PitwallError ? { line, error: answer.toJSON() } : ({ line, ...answer } as BatchLine),
          )}\n`,
        );
      }
    });
    return written;
  };
  for await (const text of linesOf(body, longestLine)) {
    count += 1;
    if (text?.trim() === '') continue;
    if (count > mostLines) {
      lines.push({ line: count, text: tooMany });
      break;
    }
    lines.push({ line: count, text: text ?? tooLong });
    if (lines.length < together) continue;
    groups.push(send());
    if (groups.length >= inFlight) await groups.shift();
  }
  await send();
}

async function check(leaderboards: Leaderboards, text: Line['text'], sender: Principal) {
  try {
    if (text instanceof PitwallError) throw text;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw new PitwallError('message-invalid', 'The line is not JSON.', { cause });
    }
    return await incomingOf(leaderboards, value, sender);
  } catch (error) {
    return asPitwallError(error);
  }
}
