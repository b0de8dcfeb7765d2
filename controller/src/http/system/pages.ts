import { existsSync } from 'node:fs';
import fastifyStatic from '@fastify/static';
import { PitwallError } from '@pitwall/protocol';
import { ServiceFacts } from '@pitwall/protocol/api';
import { openToEveryone } from './access.js';
import type { Routes } from './server.js';

/** What was built for browsers. */
export interface PageFolders {
  /** The pages themselves. */
  readonly pages: string;
  /** The documentation, shown under `/docs/`. */
  readonly help: string;
}

/** The pages and their help: files of two folders; any other path of a browser gets the start page, which knows its own addresses. */
export const pageRoutes =
  ({ pages, help }: PageFolders, role: ServiceFacts['role'], hall = false): Routes =>
  async (app) => {
    openToEveryone(app);
    app.get(
      '/api/v1/service',
      { schema: { hide: true, response: { 200: ServiceFacts } } },
      async (): Promise<ServiceFacts> => ({ role, hall }),
    );
    const built = existsSync(pages);
    // The rest of the policy is in the page itself, where this one does not count.
    app.addHook('onRequest', async (_request, reply) => {
      reply.header('content-security-policy', "frame-ancestors 'none'");
    });
    if (built) await app.register(fastifyStatic, { root: pages, wildcard: false, index: 'index.html' });
    if (existsSync(help)) {
      // Its links are relative: they want the slash.
      app.get('/docs', { schema: { hide: true } }, async (_request, reply) => reply.redirect('/docs/'));
      await app.register(fastifyStatic, {
        ...{ root: help, prefix: '/docs/', wildcard: false, index: 'index.html', decorateReply: !built },
      });
    }
    app.get('/*', { schema: { hide: true } }, async (request, reply) => {
      const path = request.url.split('?')[0] ?? '/';
      if (path.startsWith('/api/') || !(request.headers.accept ?? '').includes('text/html'))
        throw new PitwallError('not-found', `There is no GET ${path} here.`);
      if (!built)
        throw new PitwallError('not-found', 'The pages are not built: run "npm run build". The API is at /api/docs.');
      return reply.sendFile('index.html');
    });
  };
