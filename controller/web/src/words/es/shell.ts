import type { Words } from '../words.js';

export const shell: Words['shell'] = {
  connecting: 'Conectando',
  live: 'En vivo',
  offline: 'Sin conexión',
  noConnectionToTheRace: (seconds) =>
    `Sin conexión con la carrera desde hace ${seconds} s. Vueltas y puestos son de entonces; la página se pone al día sola.`,
  theControllerCannotWriteTo: (trouble) =>
    `El controlador no puede escribir en su disco (${trouble}). Los pasos se retienen; nada se confirma hasta que pueda.`,
  online: 'Online',
  toThePage: 'A la página',
  pages: 'Páginas',
  lightColours: 'Colores claros',
  darkColours: 'Colores oscuros',
  help: 'Ayuda',
  languageOfThePages: 'Idioma',
  boards: 'Tablas',
  marshal: 'Control',
  setup: 'Ajustes',
  events: 'Eventos',
};
