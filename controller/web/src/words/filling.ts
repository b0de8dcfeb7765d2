/** What may stand in a sentence's gap: a name, a time, a number as the page writes it. */
export type Filling = string | number;
