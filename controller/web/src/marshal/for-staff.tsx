import { TokenForm } from '../visitor/index.js';

/** Asks whoever runs races for a token, and says where it comes from. */
export const StaffToken = ({ title, submit }: { readonly title: string; readonly submit: string }) => (
  <TokenForm title={title} submit={submit}>
    Who runs races needs a token; <code>pitwall token issue --role marshal --name …</code> makes one. It stays in this
    tab until you close it.
  </TokenForm>
);
