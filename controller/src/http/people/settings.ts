import { Settings } from '@pitwall/protocol/api';
import { z } from 'zod';
import type { People } from '../../accounts/index.js';
import type { Routes } from '../system/server.js';

const tags = ['accounts'];

/** What administrators decide for the whole controller. */
export const settingsRoutes =
  ({ settings }: Pick<People, 'settings'>): Routes =>
  (app) => {
    app.get(
      '/api/v1/settings',
      {
        config: { access: 'everyone' },
        schema: { tags, summary: 'Who may organize races', response: { 200: Settings } },
      },
      async () => await settings.get(),
    );
    app.put(
      '/api/v1/settings',
      {
        config: { access: ['administrator'] },
        schema: { tags, summary: 'Changes that', body: Settings, response: { 204: z.null() } },
      },
      async (request, reply) => {
        await settings.set(request.body);
        return reply.code(204).send(null);
      },
    );
  };
