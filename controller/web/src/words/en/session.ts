import type { Filling } from '../filling.js';

export const session = {
  thisIsTheTokenOf: (name: Filling, role: Filling, role2: Filling) =>
    `This is the token of ${name}, ${role}. Here a token with the role ${role2} is needed.`,
  thisTokenIsNotKnown: 'This token is not known here, or was revoked. Look whether it was copied whole.',
  youAreSignedInAs: (alias: Filling, role: Filling, needed: Filling) =>
    `You are signed in as ${alias}, ${role}. This page is for the role ${needed}: an organizer can give it to you.`,
  youAreNotSignedInAnyMore: 'You are not signed in any more: sign in again.',
  signInWithYourAccount: 'Sign in with your account',
  signIn: 'Sign in',
  signOut: 'Sign out',
  yourAccount: 'Your account',
  peopleAndTokens: 'People and tokens',
  youAreStillSignedIn: 'The controller does not answer: you are still signed in.',
  itIsAskedAgainUntil: 'It is asked again until it says who you are.',
  theControllerDoesNotAnswer: 'The controller does not answer: nobody could check the token.',
  token: 'Token',
  roles: {
    car: 'car',
    gate: 'gate',
    crew: 'pit crew',
    marshal: 'marshal',
    organizer: 'organizer',
    racer: 'racer',
    source: 'source',
    standby: 'standby',
    administrator: 'administrator',
  },
};
