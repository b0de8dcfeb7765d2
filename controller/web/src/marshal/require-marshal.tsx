import type { ReactNode } from 'react';
import { RequireRole, TokenForm } from '../session/index.js';

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
        Who runs races needs a marshal’s token. You have none? The organizer makes one:{' '}
        <code>pitwall token issue --role marshal --name …</code> It stays in this tab until you close it.
      </TokenForm>
    )}
  >
    {children}
  </RequireRole>
);
