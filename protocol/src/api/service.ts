import { z } from 'zod';

/** What a server does: everything of a track and of online races, or the leaderboard alone. */
export const ServiceFacts = z.object({ role: z.enum(['all', 'leaderboard']) });
export type ServiceFacts = z.infer<typeof ServiceFacts>;
