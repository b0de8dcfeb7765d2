const kB = 1024;
const MB = 1024 * kB;

/** So much at once, and from then on so much a second. */
export interface Allowance {
  readonly burst: number;
  readonly perSecond: number;
}

/**
 * Every limit on strangers and on those who are known, with its reason: docs/limits.md is written from here. Those by address are made for a
 * hall of 300 phones behind one address.
 */
export const limits = {
  /** How many of what, and of how much, whoever asks over HTTP may take. */
  requests: {
    address: { burst: 20_000, perSecond: 500 },
    racer: { burst: 1000, perSecond: 50 },
    program: { burst: 20_000, perSecond: 1000 },
  },
  bytes: {
    address: { burst: 2048 * MB, perSecond: 20 * MB },
    racer: { burst: 1024 * MB, perSecond: 5 * MB },
  },
  connections: { ofAddress: 3000 },
  request: { headerBytes: 16 * kB, headerMs: 20_000, wholeMs: 1_800_000, bodyBytes: MB },
  liveConnections: { ofAddress: 1500 },
  liveMessages: { ofConnection: { burst: 500, perSecond: 20 }, bytes: 64 * kB, racesOfOne: 500 },
  unsent: { log: 16 * MB, telemetry: 64 * kB, pictures: 8 * kB, board: 256 * kB },
  wrongTokens: { burst: 100, perSecond: 1 },
  passwords: { windowMs: 300_000, ofAddress: 300, ofAccount: 10, signUpsOfAddress: 400 },
  passkeys: { ofPerson: 20 },
  communityRaces: { ofRacer: 10 },
  pins: { windowMs: 300_000, ofAddress: 100 },
  joinCodes: { windowMs: 900_000, ofAddress: 100 },
  mqtt: {
    waiting: 200,
    connectMs: 10_000,
    payloadBytes: 256 * kB,
    messages: { burst: 1000, perSecond: 200 },
    bytes: { burst: 8 * MB, perSecond: 2 * MB },
    drainMs: 10_000,
  },
  remembered: 50_000,
  logsInMemory: { bytes: 24 * MB },
  /** For so long gates keep crossings for a standby that is away; so many changes are kept for it. */
  standby: { awayMs: 600_000, changes: 1_000_000 },
  heldCrossings: 50_000,
  /** What is fetched from cars beside a running race takes little of the Wi-Fi; and no video fills the disk of a race. */
  runRecordings: { keptMs: 30 * 86_400_000, freeBytes: 2048 * MB, partMs: { alone: 45, besideARun: 500 } },
} as const;
