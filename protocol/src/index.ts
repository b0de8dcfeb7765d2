export { Alias } from './alias.js';
export * from './brand.js';
export { CountryCode, CountryLetters, countryCodes } from './country.js';
export { errorCodes } from './error-codes.js';
export { type ErrorCode, errorLine, isPitwallError, PitwallError } from './errors.js';
export { parse, parseJson } from './parse.js';
export { percentText } from './percent.js';
export { compareVersions, ProgramVersion } from './program-version.js';
export { firstProtocol, protocols, SpokenProtocol, spokenProtocol, worksWith } from './spoken-protocol.js';
