import type { Words } from '../words.js';

export const session: Words['session'] = {
  thisIsTheTokenOf: (name, role, role2) =>
    `Das ist das Token von ${name}, ${role}. Hier braucht es ein Token mit der Rolle ${role2}.`,
  thisTokenIsNotKnown: 'Dieses Token ist hier nicht bekannt oder wurde widerrufen. Sieh nach, ob es ganz kopiert ist.',
  itIsAskedAgainUntil: 'Es wird weiter gefragt, bis er sagt, wer du bist.',
  theControllerDoesNotAnswer: 'Der Leitrechner antwortet nicht: niemand konnte das Token prüfen.',
  token: 'Token',
  roles: {
    car: 'Auto',
    gate: 'Tor',
    crew: 'Boxencrew',
    marshal: 'Rennleitung',
    organizer: 'Veranstalter',
    racer: 'Starter',
    source: 'Quelle',
    administrator: 'Administrator',
  },
};
