import type { Filling } from '../filling.js';

export const session = {
  thisIsTheTokenOf: (name: Filling, role: Filling, role2: Filling) =>
    `This is the token of ${name}, ${role}. Here a token with the role ${role2} is needed.`,
  thisTokenIsNotKnown: 'This token is not known here, or was revoked. Look whether it was copied whole.',
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
    administrator: 'administrator',
  },
};
