import type { ReactNode } from 'react';
import { RequireRole, TokenForm } from '../session/index.js';
import { words } from '../staff-words/index.js';

interface CrewProps {
  readonly title?: string;
  readonly children: (token: string) => ReactNode;
}

/** For whoever looks after cars: asks for a token, and says where it comes from. */
export const RequireCrew = ({ title, children }: CrewProps) => (
  <RequireRole
    needs="crew"
    form={(why) => (
      <TokenForm
        key={why}
        {...(title === undefined ? {} : { title })}
        submit={words.garage.toTheGarage}
        needs="crew"
        why={why}
      >
        {words.garage.whoLooksAfterCarsNeeds} <code>pitwall token issue --role crew --name …</code>{' '}
        {words.common.makesOne}
      </TokenForm>
    )}
  >
    {children}
  </RequireRole>
);
