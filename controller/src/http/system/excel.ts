import { z } from 'zod';

/** `?excel=1`, of every answer that is CSV: it begins with the mark by which spreadsheets know UTF-8. */
export const excel = z.enum(['0', '1']).default('0').describe('1: CSV that a spreadsheet opens');
