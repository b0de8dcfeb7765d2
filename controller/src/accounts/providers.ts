import { readFile } from 'node:fs/promises';
import { Alias, errorLine, PitwallError } from '@pitwall/protocol';
import { z } from 'zod';
import { Sealed } from './sealed.js';

/** An OpenID provider, as the configuration has it. */
export interface ProviderConfig {
  /** In addresses. */
  readonly name: string;
  /** On the button. */
  readonly label: string;
  /** Its issuer identifier. */
  readonly issuer: string;
  readonly client: string;
  /** File that holds the client's secret; undefined for a public client. */
  readonly secretfile?: string | undefined;
}

/** How long somebody may take at the provider, or to choose an alias, ms. */
const lasts = 900_000;

/** On their way to the provider and back. */
const Under = z.object({
  provider: z.string(),
  origin: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** Who connects the provider to their account; null: who signs in. */
  person: z.string().nullable(),
  to: z.string().nullable(),
});
type Under = z.infer<typeof Under>;

/** Who somebody is at a provider. */
export const ProviderLogin = z.object({
  issuer: z.string(),
  subject: z.string(),
  label: z.string(),
  /** What they are called there, where that can be an alias. */
  alias: z.string().nullable(),
  /** Null where there is none, or the provider does not say that it is theirs. */
  email: z.string().nullable(),
});
export type ProviderLogin = z.infer<typeof ProviderLogin>;

export interface Returned {
  readonly login: ProviderLogin;
  readonly person: string | null;
  readonly to: string | null;
}

type Client = typeof import('openid-client');
type Configuration = import('openid-client').Configuration;

/** Signing in by OpenID Connect (Core 1.0, authorization code flow) with PKCE (RFC 7636), `state` and `nonce`, by the library. */
export class LoginProviders {
  readonly #providers: readonly ProviderConfig[];
  readonly #sealed: Sealed;
  readonly #found = new Map<string, Promise<Configuration>>();

  constructor(providers: readonly ProviderConfig[], secret: string, now: () => number = Date.now) {
    this.#providers = providers;
    this.#sealed = new Sealed(secret, now);
  }

  list(): { name: string; label: string; issuer: string }[] {
    return this.#providers.map(({ name, label, issuer }) => ({ name, label, issuer }));
  }

  /** @throws PitwallError `not-found` */
  get(name: string): ProviderConfig {
    const found = this.#providers.find((one) => one.name === name);
    if (found === undefined) throw new PitwallError('not-found', `Nobody signs in here by ${name}.`);
    return found;
  }

  /** Where the browser goes, and what it keeps meanwhile. @throws PitwallError `provider-refused`, `not-found` */
  async begin(
    name: string,
    { origin, person = null, to = null }: { origin: string; person?: string | null; to?: string | null },
  ): Promise<{ url: string; kept: string }> {
    const client = await import('openid-client');
    const configuration = await this.#configuration(client, name);
    const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: callbackOf(origin, name),
      scope: 'openid profile email',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    const under: Under = { provider: name, origin, state, nonce, verifier, person, to };
    return { url: url.href, kept: this.#sealed.close('under', under, lasts) };
  }

  /** Who came back. `query`: of the address, with its `?`. @throws PitwallError `provider-refused` */
  async finish(name: string, query: string, kept: string | undefined): Promise<Returned> {
    const under = this.#sealed.open('under', Under, kept);
    const { issuer, label } = this.get(name);
    if (under === undefined || under.provider !== name)
      throw new PitwallError('provider-refused', 'This took too long, or began in another browser: begin again.');
    const client = await import('openid-client');
    const configuration = await this.#configuration(client, name);
    try {
      const tokens = await client.authorizationCodeGrant(
        configuration,
        new URL(`${callbackOf(under.origin, name)}${query}`),
        {
          pkceCodeVerifier: under.verifier,
          expectedState: under.state,
          expectedNonce: under.nonce,
          idTokenExpected: true,
        },
      );
      const claims = tokens.claims();
      if (claims === undefined) throw new Error('there is no ID token');
      const more =
        configuration.serverMetadata().userinfo_endpoint === undefined
          ? {}
          : await client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
      const login = { issuer, subject: claims.sub, label, ...factsOf({ ...claims, ...more }) };
      return { login, person: under.person, to: under.to };
    } catch (cause) {
      throw new PitwallError('provider-refused', `${label} did not say who you are: ${errorLine(cause)}.`, { cause });
    }
  }

  /** For a browser to keep until its owner has chosen an alias. */
  keep(login: ProviderLogin): string {
    return this.#sealed.close('login', login, lasts);
  }

  /** @throws PitwallError `provider-refused` */
  kept(text: string | undefined): ProviderLogin {
    const login = this.#sealed.open('login', ProviderLogin, text);
    if (login === undefined)
      throw new PitwallError('provider-refused', 'This took too long, or began in another browser: begin again.');
    return login;
  }

  async #configuration(client: Client, name: string): Promise<Configuration> {
    const provider = this.get(name);
    const known = this.#found.get(name);
    if (known !== undefined) return await known;
    const asked = discover(client, provider);
    this.#found.set(name, asked);
    try {
      return await asked;
    } catch (cause) {
      // It is asked again with the next one who signs in.
      this.#found.delete(name);
      throw new PitwallError(
        'provider-refused',
        `${provider.label} (${provider.issuer}) does not answer as an OpenID provider: ${errorLine(cause)}.`,
        { cause },
      );
    }
  }
}

async function discover(client: Client, { issuer, client: id, secretfile }: ProviderConfig): Promise<Configuration> {
  const secret = secretfile === undefined ? undefined : (await readFile(secretfile, 'utf8')).trim();
  // Without TLS on this machine alone: the configuration takes no other.
  const execute = new URL(issuer).protocol === 'http:' ? [client.allowInsecureRequests] : [];
  const authentication = secret === undefined ? client.None() : client.ClientSecretBasic(secret);
  return await client.discovery(new URL(issuer), id, undefined, authentication, { execute, timeout: 10 });
}

const callbackOf = (origin: string, name: string): string => `${origin}/api/v1/session/providers/${name}/callback`;

/** Claims are what somebody else says: taken where they can be ours (OpenID Connect Core 1.0, §5.1). */
function factsOf(claims: Record<string, unknown>): Pick<ProviderLogin, 'alias' | 'email'> {
  const alias = [claims.preferred_username, claims.nickname, claims.name].map((one) => Alias.safeParse(one));
  const email = z.email().max(254).toLowerCase().safeParse(claims.email);
  return {
    alias: alias.find(({ success }) => success)?.data ?? null,
    email: claims.email_verified === true && email.success ? email.data : null,
  };
}
