import type { ReactNode } from 'react';
import { RequireRole, TokenForm } from '../session/index.js';

interface CrewProps {
  readonly title?: string;
  readonly children: (token: string) => ReactNode;
}

/** For whoever looks after cars: asks for a token, and says where it comes from. */
export const RequireCrew = ({ title, children }: CrewProps) => (
  <RequireRole
    needs="crew"
    form={(why) => (
      <TokenForm key={why} {...(title === undefined ? {} : { title })} submit="To the garage" needs="crew" why={why}>
        Who looks after cars needs a token; <code>pitwall token issue --role crew --name …</code> makes one.
      </TokenForm>
    )}
  >
    {children}
  </RequireRole>
);
