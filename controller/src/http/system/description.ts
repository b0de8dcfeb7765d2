import { z } from 'zod';

/** `?description=`, of every door for models: what a pitwall.yaml in the archive would say, as YAML or JSON. */
export const description = z
  .string()
  .min(1)
  .max(4000)
  .optional()
  .describe('what a pitwall.yaml would say, as YAML or JSON: where nothing in the file tells what its numbers mean');
