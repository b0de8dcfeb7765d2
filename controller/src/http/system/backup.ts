import type { Readable } from 'node:stream';
import { ErrorBody, MakeBackup } from '@pitwall/protocol/api';
import { sendRaw } from './raw-body.js';
import type { Routes } from './server.js';

/** @param make everything of this controller as one file, its keys sealed with the passphrase */
export const backupRoutes =
  (make: (passphrase: string) => Promise<Readable>): Routes =>
  (app) => {
    app.post(
      '/api/v1/backup',
      {
        config: { access: ['administrator'] },
        schema: {
          tags: ['service'],
          summary: 'One file of everything, also while a race runs',
          description:
            'The database as it is at one moment, models and files, and the keys, sealed with the passphrase. `pitwall restore` makes ' +
            'a data folder of it. An answer that breaks off is no backup, and `pitwall restore` says so.',
          produces: ['application/x-tar'],
          body: MakeBackup,
          response: { 400: ErrorBody, 401: ErrorBody, 403: ErrorBody, 409: ErrorBody },
        },
      },
      async (request, reply) => {
        const file = await make(request.body.passphrase);
        reply.header('content-type', 'application/x-tar').header('cache-control', 'no-store');
        return sendRaw(reply, file);
      },
    );
  };
