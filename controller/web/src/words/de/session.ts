import type { Filling } from '../filling.js';
import type { Words } from '../words.js';

export const session: Words['session'] = {
  thisIsTheTokenOf: (name, role, role2) =>
    `Das ist das Token von ${name}, ${role}. Hier braucht es ein Token mit der Rolle ${role2}.`,
  thisTokenIsNotKnown: 'Dieses Token ist hier nicht bekannt oder wurde widerrufen. Sieh nach, ob es ganz kopiert ist.',
  itIsAskedAgainUntil: 'Es wird weiter gefragt, bis er sagt, wer du bist.',
  theControllerDoesNotAnswer: 'Der Leitrechner antwortet nicht: niemand konnte das Token prüfen.',
  token: 'Token',
  youAreSignedInAs: (alias: Filling, role: Filling, needed: Filling) =>
    `Du bist als ${alias} angemeldet, ${role}. Diese Seite ist für die Rolle ${needed}: Wer Rennen veranstaltet, kann sie dir geben.`,
  youAreNotSignedInAnyMore: 'Du bist nicht mehr angemeldet: Melde dich wieder an.',
  signInWithYourAccount: 'Mit deinem Konto anmelden',
  signIn: 'Anmelden',
  signOut: 'Abmelden',
  yourAccount: 'Dein Konto',
  peopleAndTokens: 'Personen und Tokens',
  youAreStillSignedIn: 'Der Leitrechner antwortet nicht: Du bist noch angemeldet.',
  roles: {
    car: 'Auto',
    gate: 'Tor',
    crew: 'Boxencrew',
    marshal: 'Rennleitung',
    organizer: 'Veranstalter',
    racer: 'Starter',
    source: 'Quelle',
    standby: 'Reserve',
    administrator: 'Administrator',
  },
};
