import { PitwallError, parse } from '@pitwall/protocol';
import { CardContent } from '@pitwall/protocol/api';
import { calculateJwkThumbprint, compactVerify, importJWK, type JWK } from 'jose';

/** `typ` of a card's header: no other signature passes for a card. */
export const cardType = 'pitwall-card';

/** What signs racers' cards; the composition root holds the key. */
export interface CardSigner {
  readonly publicJwk: JWK;
  /** A compact JWS over the text, of the given type. */
  sign(text: string, type: string): Promise<string>;
}

/**
 * What a card says, verified with nothing but the issuers' public keys: no network. @throws PitwallError `card-invalid`.
 */
export async function readCard(card: string, issuers: readonly JWK[]): Promise<CardContent> {
  for (const jwk of issuers) {
    const kid = await calculateJwkThumbprint(jwk);
    try {
      const { payload, protectedHeader } = await compactVerify(card.trim(), await importJWK(jwk, 'EdDSA'), {
        algorithms: ['EdDSA', 'Ed25519'],
      });
      if (protectedHeader.typ !== cardType || protectedHeader.kid !== kid) continue;
      return parse(CardContent, JSON.parse(Buffer.from(payload).toString('utf8')), 'The card', 'card-invalid');
    } catch {
      // Another issuer's, or none: the next key tells.
    }
  }
  throw new PitwallError('card-invalid', 'The card is not one that was issued here, or it was changed.');
}
