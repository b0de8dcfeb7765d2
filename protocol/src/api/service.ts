import { z } from 'zod';

/** What a server does: everything of a track and of online races, or the leaderboard alone. */
export const ServiceFacts = z.object({
  role: z.enum(['all', 'leaderboard']),
  /** These pages came over the hall's plain HTTP: for racers and the crowd alone. */
  hall: z.boolean().default(false),
});
export type ServiceFacts = z.infer<typeof ServiceFacts>;
