import { parse, RaceId } from '@pitwall/protocol';
import {
  Comparison,
  ErrorBody,
  EvaluationFileKind,
  EvaluationReport,
  Submission,
  SubmissionList,
  SubmitModel,
  SubmittedModel,
} from '@pitwall/protocol/api';
import { excelMark } from '@pitwall/runtime/csv';
import { z } from 'zod';
import { callerOf } from '../system/access.js';
import { isArchive } from '../system/archive-body.js';
import { description } from '../system/description.js';
import { excel } from '../system/excel.js';
import { sendRaw } from '../system/raw-body.js';
import type { Routes } from '../system/server.js';
import { viewerOf } from '../system/viewer.js';
import { writtenHere } from '../system/written-here.js';
import type { OnlineSources } from './follower.js';

const tags = ['submissions'];
const params = z.object({ race: RaceId });
const one = params.extend({ submission: z.uuid() });
const refusals = { 403: ErrorBody, 404: ErrorBody, 409: ErrorBody };
const archiveTypes = ['application/gzip', 'application/x-gzip', 'application/octet-stream'];

const types: Readonly<Record<EvaluationFileKind, string>> = {
  report: 'text/html; charset=utf-8',
  replay: 'application/json',
  metrics: 'application/json',
  simtrace: 'text/csv; charset=utf-8',
};
const endings: Readonly<Record<EvaluationFileKind, string>> = {
  report: 'html',
  replay: 'json',
  metrics: 'json',
  simtrace: 'csv',
};

/** Models entered in online races, and what became of them. */
export const submissionRoutes =
  ({ submissions, evaluations }: Pick<OnlineSources, 'submissions' | 'evaluations'>): Routes =>
  (app) => {
    for (const type of archiveTypes) app.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
    app.post(
      '/api/v1/online/:race/submissions',
      {
        config: { access: ['racer'], objects: 'in races that one has entered', hall: true },
        schema: {
          tags,
          summary: 'Submits a model: its archive as it is, or as JSON the hash of one that was sent before',
          description: `The body is a model archive (${archiveTypes.join(', ')}) or \`SubmitModel\` as JSON.`,
          params,
          querystring: z.object({ name: z.string().trim().min(1).max(200).default('model'), description }),
          response: { 201: Submission, 401: ErrorBody, ...refusals },
        },
      },
      async (request, reply) => {
        const { race } = request.params;
        const viewer = viewerOf(request);
        if (isArchive(request.body)) {
          const sent = { archive: request.body, ...request.query };
          return reply.code(201).send(await submissions.submit(race, sent, viewer));
        }
        const { model, name } = parse(SubmitModel, request.body, 'The submission');
        return reply.code(201).send(await submissions.submit(race, { hash: model, name }, viewer));
      },
    );
    app.get(
      '/api/v1/online/:race/submissions',
      {
        config: { access: 'everyone', objects: 'one’s own; the organizer of the race all' },
        serializerCompiler: writtenHere,
        schema: {
          tags,
          summary: 'One’s own submissions, to the organizer all, the newest first',
          params,
          querystring: z.object({
            limit: z.coerce.number().int().min(1).max(200).default(50),
            cursor: z.uuid().optional(),
          }),
          response: { 200: SubmissionList, 404: ErrorBody },
        },
      },
      async (request) => {
        const { limit, cursor } = request.query;
        return await submissions.list(request.params.race, viewerOf(request), limit, cursor);
      },
    );
    app.get(
      '/api/v1/online/:race/submissions/:submission',
      {
        config: {
          access: 'everyone',
          objects: 'one’s own, and those that are ranked in a race that one may see; the organizer of the race all',
        },
        schema: {
          tags,
          summary: 'A submission and what became of it: one’s own, or one that is ranked',
          params: one,
          response: { 200: Submission, 404: ErrorBody },
        },
      },
      async (request) => {
        const { race, submission } = request.params;
        return await submissions.get(race, submission, viewerOf(request));
      },
    );
    app.post(
      '/api/v1/online/:race/submissions/:submission/cancel',
      {
        config: { access: ['racer', 'organizer'], objects: 'one’s own; the organizer of the race all', hall: true },
        schema: {
          tags,
          summary: 'Cancels a submission that waits or is being evaluated',
          params: one,
          response: { 200: Submission, ...refusals },
        },
      },
      async (request) => {
        const { race, submission } = request.params;
        return await submissions.cancel(race, submission, viewerOf(request));
      },
    );
    app.get(
      '/api/v1/online/:race/submissions/:submission/evaluation',
      {
        config: {
          access: 'everyone',
          objects: 'one’s own, and those that are ranked in a race that one may see; the organizer of the race all',
        },
        schema: {
          tags,
          summary: 'The laps of each checkpoint, which one was chosen, and the files there are',
          params: one,
          response: { 200: EvaluationReport, ...refusals },
        },
      },
      async (request) => {
        const { race, submission } = request.params;
        return await evaluations.report(race, submission, viewerOf(request));
      },
    );
    app.get(
      '/api/v1/online/:race/submissions/:submission/files/:kind',
      {
        config: {
          access: 'everyone',
          objects: 'one’s own, and those that are ranked in a race that one may see; the organizer of the race all',
        },
        schema: {
          tags,
          summary: 'A file of the evaluation; the replay of a ranked submission is for everyone who sees the race',
          params: one.extend({ kind: EvaluationFileKind }),
          querystring: z.object({
            checkpoint: z.string().max(200).optional().describe('default: the chosen one'),
            excel,
          }),
          response: refusals,
        },
      },
      async (request, reply) => {
        const { race, submission, kind } = request.params;
        const { checkpoint } = request.query;
        const stored = await evaluations.file(race, submission, { kind, checkpoint }, viewerOf(request));
        const marked = kind === 'simtrace' && request.query.excel === '1';
        const file = marked ? Buffer.concat([Buffer.from(excelMark), stored]) : stored;
        reply
          .header('content-type', types[kind])
          // A report runs its own script: nowhere near this server's pages and tokens.
          .header('content-security-policy', 'sandbox allow-scripts')
          .header('content-disposition', `attachment; filename="${submission}-${kind}.${endings[kind]}"`);
        return sendRaw(reply, file);
      },
    );
    app.get(
      '/api/v1/online/:race/submissions/:submission/comparison',
      {
        config: {
          access: 'everyone',
          objects: 'one’s own, and those that are ranked in a race that one may see; the organizer of the race all',
        },
        schema: {
          tags,
          summary: 'Two submissions’ best laps, place by place along the track',
          params: one,
          querystring: z.object({ with: z.uuid() }),
          response: { 200: Comparison, ...refusals },
        },
      },
      async (request) => {
        const { race, submission } = request.params;
        return await evaluations.comparison(race, submission, request.query.with, viewerOf(request));
      },
    );
    app.get(
      '/api/v1/submissions/models',
      {
        config: { access: ['racer'], objects: 'one’s own' },
        schema: {
          tags,
          summary: 'Models that the caller sent before and may submit again',
          response: { 200: z.object({ models: z.array(SubmittedModel) }) },
        },
      },
      async (request) => {
        const { name } = callerOf(request);
        return { models: await submissions.models(name) };
      },
    );
  };
