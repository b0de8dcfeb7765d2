import { createHash, X509Certificate } from 'node:crypto';
import { PitwallError } from '@pitwall/protocol';
import { inHtml } from '@pitwall/runtime';
import { renderSVG } from 'uqr';
import type { LocalAuthority } from '../../tls/index.js';
import { openToEveryone } from './access.js';
import type { Routes } from './server.js';
import { trustLanguageOf, trustWords } from './trust-words.js';

const style = `body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;padding:1rem;max-width:40rem;color:#222;background:#fff}
h1{font-size:1.4rem}h2{font-size:1.05rem;margin:1.2rem 0 .2rem}p{margin:.4rem 0}code{overflow-wrap:anywhere}
a.take{display:inline-block;padding:.7rem 1.2rem;border-radius:.5rem;background:#1858b8;color:#fff;text-decoration:none}
svg{width:12rem;height:12rem;background:#fff}@media(prefers-color-scheme:dark){body{color:#eee;background:#111}}`;

const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * How a phone or a machine comes to trust this controller: its authority's certificate to take along, its fingerprint to compare, and how
 * to do it. Over the hall's plain HTTP as well: before it is trusted, nothing else is reached without a warning.
 */
export const trustRoutes =
  (authority: Pick<LocalAuthority, 'cert' | 'fingerprint'> | undefined): Routes =>
  (app) => {
    openToEveryone(app);
    const demanded = () => {
      if (authority === undefined)
        throw new PitwallError(
          'not-found',
          'This controller has no certificate authority of its own: nothing is to be trusted.',
        );
      return authority;
    };
    app.get('/trust', { schema: { hide: true } }, async (request, reply) => {
      const { fingerprint } = demanded();
      const { host = '' } = request.headers;
      const address = /^[\w.:[\]-]+$/.test(host) ? `${request.protocol}://${host}/trust` : '';
      const language = trustLanguageOf(request.headers['accept-language']);
      return reply
        .header('content-type', 'text/html; charset=utf-8')
        .header('content-security-policy', policy)
        .header('cache-control', 'no-store')
        .send(page(language, fingerprint, address));
    });
    // Android and Apple's systems take DER by this type as something to install; programs take PEM.
    app.get('/trust/pitwall-ca.crt', { schema: { hide: true } }, async (_request, reply) =>
      reply.header('content-type', 'application/x-x509-ca-cert').send(new X509Certificate(demanded().cert).raw),
    );
    app.get('/trust/pitwall-ca.pem', { schema: { hide: true } }, async (_request, reply) =>
      reply.header('content-type', 'application/x-pem-file').send(demanded().cert),
    );
  };

function page(language: keyof typeof trustWords, fingerprint: string, address: string): string {
  const words = trustWords[language];
  const steps = words.steps.map(([system, text]) => `<h2>${inHtml(system)}</h2><p>${inHtml(text)}</p>`).join('');
  const picture =
    address === '' ? '' : `<h2>${inHtml(words.pass)}</h2>${renderSVG(address)}<p><code>${inHtml(address)}</code></p>`;
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Pitwall</title><style>${style}</style></head><body><h1>${inHtml(words.title)}</h1><p>${inHtml(words.why)}</p><p><a class="take" href="/trust/pitwall-ca.crt">${inHtml(words.take)}</a></p><h2>SHA-256</h2><p><code>${fingerprint}</code></p><p>${inHtml(words.compare)}</p>${steps}${picture}</body></html>`;
}
