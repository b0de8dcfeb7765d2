import { useMemo } from 'react';
import { words } from '../words/index.js';
import { countries } from './countries.js';
import { ChoiceField } from './fields.js';

interface CountryProps {
  /** Its code; '' for none. */
  readonly value: string;
  /** What no country is called here. */
  readonly none: string;
  readonly onValue: (code: string) => void;
}

/** A country, chosen by its name: letters typed in the list go to it. */
export function Country({ value, none, onValue }: CountryProps) {
  const all = useMemo(() => countries(document.documentElement.lang || 'en'), []);
  const isKnown = value === '' || all.some(([code]) => code === value);
  const options = [['', none] as const, ...(isKnown ? [] : [[value, value] as const]), ...all];
  return <ChoiceField label={words.common.country} value={value} options={options} onValue={onValue} />;
}
