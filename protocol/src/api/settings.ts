import { z } from 'zod';

/** GET and PUT /api/v1/settings: what administrators decide for a whole controller. */
export const Settings = z.object({
  organizing: z
    .enum(['anyone', 'organizers'])
    .describe('who makes online races: whoever races, by invitation, or organizers alone'),
});
export type Settings = z.infer<typeof Settings>;
