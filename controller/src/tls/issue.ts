import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints,
} from '@peculiar/asn1-x509';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { Names } from './names.js';

/** What every browser and OpenSSL on a car of 2019 takes. */
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const crypto = webcrypto;

/** Fixed, since a computer without a clock battery may not know the year when it starts for the first time. */
const authorityFrom = new Date('2020-01-01T00:00:00Z');
/** The last day that UTCTime can say (RFC 5280, 4.1.2.5.1). */
const authorityUntil = new Date('2049-12-31T23:59:59Z');

const day = 86_400_000;
/** A car's clock stands at its last shutdown until somebody sets it: what was issued today is good for it as well. */
const backdated = 30 * day;
/** Apple takes 825 days at most from an authority that a person has added (support.apple.com/103769). */
const lasts = 365 * day;

const hex = (count: number): string => Buffer.from(webcrypto.getRandomValues(new Uint8Array(count))).toString('hex');
/** RFC 5280, 4.1.2.2: positive, 20 bytes at most. */
const serialNumber = (): string => `01${hex(15)}`;

const pem = (label: string, bytes: ArrayBuffer): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(bytes)
    .toString('base64')
    .match(/.{1,64}/g)!
    .join('\n')}\n-----END ${label}-----\n`;

/** A new private key, PKCS #8 in PEM. */
export async function newKey(): Promise<string> {
  const { privateKey } = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  return pem('PRIVATE KEY', await crypto.subtle.exportKey('pkcs8', privateKey));
}

async function keyPair(key: string): Promise<webcrypto.CryptoKeyPair> {
  const bytes = Buffer.from(key.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
  const privateKey = await crypto.subtle.importKey('pkcs8', bytes, algorithm, true, ['sign']);
  const { d: _private, key_ops: _ops, ...open } = await crypto.subtle.exportKey('jwk', privateKey);
  return { privateKey, publicKey: await crypto.subtle.importKey('jwk', open, algorithm, true, ['verify']) };
}

/**
 * The certificate of an authority. It can speak for names inside of halls alone (RFC 5280, 4.2.1.10): whoever gets hold of its key can
 * pretend to be no bank to a phone that trusts it. Addresses are free, since halls of universities have public ones.
 * @param key PKCS #8 in PEM
 * @param domains that it can speak for
 */
export async function issueAuthority(key: string, commonName: string, domains: readonly string[]): Promise<string> {
  const keys = await keyPair(key);
  const permittedSubtrees = new GeneralSubtrees(
    domains.map((dNSName) => new GeneralSubtree({ base: new GeneralName({ dNSName }) })),
  );
  const constraints = AsnConvert.serialize(new NameConstraints({ permittedSubtrees }));
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      keys,
      name: [{ CN: [commonName] }, { O: ['Pitwall'] }],
      serialNumber: serialNumber(),
      notBefore: authorityFrom,
      notAfter: authorityUntil,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        new Extension(id_ce_nameConstraints, true, constraints),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  return `${certificate.toString('pem')}\n`;
}

/** A server's certificate, signed by the authority, good for a year from now. */
export async function issueServer(
  authority: { readonly cert: string; readonly key: string },
  key: string,
  { dns, addresses }: Names,
  now: number,
): Promise<string> {
  const [{ publicKey }, { privateKey: signingKey }] = await Promise.all([keyPair(key), keyPair(authority.key)]);
  const issuer = new X509Certificate(authority.cert);
  const certificate = await X509CertificateGenerator.create(
    {
      publicKey,
      signingKey,
      issuer: issuer.subjectName,
      subject: [{ CN: [dns[0] ?? 'pitwall'] }],
      serialNumber: serialNumber(),
      notBefore: new Date(now - backdated),
      notAfter: new Date(now + lasts),
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension([
          ...dns.map((value) => ({ type: 'dns' as const, value })),
          ...addresses.map((value) => ({ type: 'ip' as const, value })),
        ]),
        await SubjectKeyIdentifierExtension.create(publicKey, false, crypto),
        await AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  return `${certificate.toString('pem')}\n`;
}

/** The domains that an authority can speak for. */
export function domainsOfAuthority(cert: string): string[] {
  const extension = new X509Certificate(cert).getExtension(id_ce_nameConstraints);
  if (extension === null) return [];
  const { permittedSubtrees } = AsnConvert.parse(extension.value, NameConstraints);
  return (permittedSubtrees ?? []).map(({ base }) => base.dNSName ?? '');
}
