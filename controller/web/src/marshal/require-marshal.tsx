import type { ReactNode } from 'react';
import { RequireRole, TokenForm } from '../session/index.js';
import { words } from '../staff-words/index.js';

interface StaffProps {
  readonly title: string;
  readonly submit: string;
  readonly children: (token: string) => ReactNode;
}

/** For whoever runs races: asks for a token, and says where it comes from. */
export const RequireMarshal = ({ title, submit, children }: StaffProps) => (
  <RequireRole
    needs="marshal"
    form={(why) => (
      <TokenForm key={why} title={title} submit={submit} needs="marshal" why={why}>
        {words.marshal.whoRunsRacesNeedsA} <code>pitwall token issue --role marshal --name …</code>{' '}
        {words.marshal.itStaysInThisTab}
      </TokenForm>
    )}
  >
    {children}
  </RequireRole>
);
