import { useMemo } from 'react';
import { countries } from './countries.js';

interface CountryProps {
  /** Its code; '' for none. */
  readonly value: string;
  /** What no country is called here. */
  readonly none: string;
  readonly className?: string | undefined;
  readonly onValue: (code: string) => void;
}

/** A country, chosen by its name: letters typed in the list go to it. */
export function Country({ value, none, className, onValue }: CountryProps) {
  const all = useMemo(() => countries(document.documentElement.lang || 'en'), []);
  // Named by itself: a label's text would hold every country.
  return (
    <label className={className}>
      Country
      <select aria-label="Country" value={value} onChange={({ target }) => onValue(target.value)}>
        <option value="">{none}</option>
        {value === '' || all.some(([code]) => code === value) ? null : <option value={value}>{value}</option>}
        {all.map(([code, name]) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
