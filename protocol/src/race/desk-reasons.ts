/**
 * Reasons that the desk writes by itself, for a key that a marshal pressed. They stand in the log like this whatever language the page
 * speaks that wrote them, and every page says them in its own.
 */
export const deskReasons = {
  counts: 'V at the desk',
  countsNot: 'N at the desk',
  ignored: 'Not a lap, by key',
  read: 'J at the desk',
  split: 'M at the desk: the gate missed it',
  byHand: 'Stamped by hand',
} as const;
