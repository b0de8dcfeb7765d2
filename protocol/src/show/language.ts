import { z } from 'zod';

/** The languages that pages, voices and feeds speak. */
export const Language = z.enum(['en', 'de', 'es', 'ja']);
export type Language = z.infer<typeof Language>;
