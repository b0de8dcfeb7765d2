import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Principal } from '../../accounts/index.js';
import type { OfBoard } from '../../forwarding/index.js';
import type { Viewer } from '../../online-races/index.js';
import type { App, Routes } from './server.js';
import { viewerOf } from './viewer.js';

/** Whether a board may be shown to whoever asks. */
export type MayShow = (board: string, viewer: Viewer) => Promise<boolean>;

/** @throws PitwallError `access-denied` where somebody else's event has the board */
export type MayChange = (board: string, who: Principal) => Promise<void>;

/** The boards that one viewer may know of, each asked about once. */
export function boardsShownTo(mayShow: MayShow, viewer: Viewer): OfBoard {
  const asked = new Map<string, Promise<boolean>>();
  return (board) => {
    const shown = asked.get(board) ?? mayShow(board, viewer);
    asked.set(board, shown);
    return shown;
  };
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The name under which a hidden board is asked for, and the name that was asked for. */
    standIn: { readonly name: string; readonly asked: string } | undefined;
  }
}

/** Puts back the name that was asked for. */
export const inAskedWords = ({ standIn }: FastifyRequest, text: string): string =>
  standIn === undefined ? text : text.replaceAll(standIn.name, standIn.asked);

/**
 * Hides boards from those who may not see them: their requests run as for a board that never was, in every route that
 * names one, and only the name in the answer is put back. So no answer, and no order of refusals, tells the two apart. What changes
 * the board of an event, or tells of its webhooks, is for the event's people; sources send to it as to any.
 */
export const guarded =
  ({ mayShow, mayChange }: { mayShow: MayShow; mayChange: MayChange }, all: readonly Routes[]): Routes =>
  async (app) => {
    app.decorateRequest('standIn', undefined);
    app.addHook('preValidation', async (request) => {
      const params = request.params as { id?: string };
      if (params.id === undefined || !namesBoard(request)) return;
      if (await mayShow(params.id, viewerOf(request))) {
        const who = request.principal;
        if (who !== undefined && who.role !== 'source' && manages(request)) await mayChange(params.id, who);
        return;
      }
      request.standIn = { name: `b-${randomUUID()}`, asked: params.id };
      params.id = request.standIn.name;
    });
    app.addHook('onSend', async (request, _reply, payload) =>
      typeof payload === 'string' ? inAskedWords(request, payload) : payload,
    );
    for (const routes of all) await app.register(async (scope) => routes(scope as App));
  };

const manages = ({ method, routeOptions }: FastifyRequest): boolean =>
  method !== 'GET' || /\/webhooks/.test(routeOptions.url ?? '');

const namesBoard = ({ routeOptions }: FastifyRequest): boolean =>
  /\/leaderboards\/:id(\/|$)/.test(routeOptions.url ?? '');
