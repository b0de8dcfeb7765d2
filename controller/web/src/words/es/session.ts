import type { Filling } from '../filling.js';
import type { Words } from '../words.js';

export const session: Words['session'] = {
  thisIsTheTokenOf: (name, role, role2) =>
    `Este es el token de ${name}, ${role}. Aquí hace falta un token con el papel ${role2}.`,
  thisTokenIsNotKnown: 'Este token no se conoce aquí o fue revocado. Mira si se copió entero.',
  itIsAskedAgainUntil: 'Se le pregunta hasta que diga quién eres.',
  theControllerDoesNotAnswer: 'El controlador no responde: nadie pudo comprobar el token.',
  token: 'Token',
  youAreSignedInAs: (alias: Filling, role: Filling, needed: Filling) =>
    `Has iniciado sesión como ${alias}, ${role}. Esta página es para el papel ${needed}: un organizador te lo puede dar.`,
  youAreNotSignedInAnyMore: 'Tu sesión ha terminado: iníciala otra vez.',
  signInWithYourAccount: 'Iniciar sesión con tu cuenta',
  signIn: 'Iniciar sesión',
  signOut: 'Cerrar sesión',
  yourAccount: 'Tu cuenta',
  peopleAndTokens: 'Personas y tokens',
  youAreStillSignedIn: 'El controlador no responde: tu sesión sigue abierta.',
  roles: {
    car: 'coche',
    gate: 'puerta',
    crew: 'boxes',
    marshal: 'dirección',
    organizer: 'organizador',
    racer: 'piloto',
    source: 'fuente',
    standby: 'reserva',
    administrator: 'administrador',
  },
};
