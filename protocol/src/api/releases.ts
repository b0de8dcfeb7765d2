import { z } from 'zod';
import { Release } from '../messages/index.js';

/** GET /api/v1/releases: signed versions of the agent, the newest first. */
export const ReleaseList = z.object({ releases: z.array(Release) });
export type ReleaseList = z.infer<typeof ReleaseList>;
