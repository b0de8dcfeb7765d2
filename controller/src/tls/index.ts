export { LocalAuthority } from './authority.js';
export { type Certificate, CertificateFiles, type CertificateSource } from './certificate.js';
export { labelOf, type Names, namesOfThisMachine } from './names.js';
export { alsoPlain, followCertificate, isLoopback, isOwnMachine } from './own-machine.js';
