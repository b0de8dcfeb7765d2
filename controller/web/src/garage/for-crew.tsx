import { TokenForm } from '../visitor/index.js';

/** Asks who looks after cars for a token, and says where it comes from. */
export const CrewToken = ({ title }: { readonly title?: string }) => (
  <TokenForm {...(title === undefined ? {} : { title })} submit="To the garage">
    Who looks after cars needs a token; <code>pitwall token issue --role crew --name …</code> makes one.
  </TokenForm>
);
