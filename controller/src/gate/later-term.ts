import { z } from 'zod';

const Said = z.object({ term: z.int().positive() });

/** The later of two signed statements of terms; what is none is never kept. Who hears it checks the signature. */
export function laterTerm(known: string | undefined, heard: string): string | undefined {
  return termOf(heard) > (known === undefined ? 0 : termOf(known)) ? heard : known;
}

/** Of a compact JWS (RFC 7515, 3.1); 0 where it says none. */
function termOf(statement: string): number {
  try {
    const payload = Buffer.from(statement.split('.')[1] ?? '', 'base64url').toString('utf8');
    return Said.parse(JSON.parse(payload)).term;
  } catch {
    return 0;
  }
}
