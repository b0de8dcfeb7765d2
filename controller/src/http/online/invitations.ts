import { RaceId } from '@pitwall/protocol';
import { ErrorBody, Invitation, OnlineRace, ShowInvitation } from '@pitwall/protocol/api';
import { z } from 'zod';
import type { Routes } from '../system/server.js';
import { viewerOf } from '../system/viewer.js';
import type { OnlineSources } from './follower.js';

const tags = ['online races'];
const params = z.object({ race: RaceId });
const refusals = { 403: ErrorBody, 404: ErrorBody, 409: ErrorBody };

/** The link of an online race by invitation: for its organizer, and for who opens it. */
export const invitationRoutes =
  ({ visible, races }: Pick<OnlineSources, 'visible' | 'races'>): Routes =>
  (app) => {
    app.get(
      '/api/v1/online/:race/invitation',
      {
        config: { access: ['organizer', 'racer'], objects: 'of races that one organizes' },
        schema: { tags, summary: 'The invitation link', params, response: { 200: Invitation, ...refusals } },
      },
      async (request) => {
        return await races.invitation(request.params.race, viewerOf(request));
      },
    );
    app.post(
      '/api/v1/online/:race/invitation/reset',
      {
        config: { access: ['organizer', 'racer'], objects: 'of races that one organizes' },
        schema: {
          tags,
          summary: 'Makes a new invitation link; the old one is dead for those who had not used it',
          params,
          response: { 200: Invitation, ...refusals },
        },
      },
      async (request) => {
        return await races.resetInvitation(request.params.race, viewerOf(request));
      },
    );
    app.post(
      '/api/v1/invitations',
      {
        config: { access: 'everyone', hall: true },
        schema: {
          tags,
          summary: 'The race that an invitation link is for',
          body: ShowInvitation,
          response: { 200: OnlineRace, 404: ErrorBody },
        },
      },
      async (request) => await visible.byInvitation(request.body.key, viewerOf(request)),
    );
  };
