import { z } from 'zod';

/** A time zone by its IANA name, as this machine knows it. */
export const TimeZone = z
  .string()
  .min(1)
  .max(60)
  .refine((name) => {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
    } catch {
      return false;
    }
  }, 'must be a time zone such as "Europe/Berlin"');
