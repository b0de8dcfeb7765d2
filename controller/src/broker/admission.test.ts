import type { Computer } from '@pitwall/protocol/messages';
import type { Client as Connection } from 'aedes';
import { beforeEach, describe, expect, it } from 'vitest';
import type { IdentityName } from '../link/index.js';
import { Admission, type Applicant } from './admission.js';

const car: IdentityName = 'car:blue';

/** As much of a connection as matters here: whether it is open. */
class Line {
  closed = false;
  close(done?: () => void): void {
    this.closed = true;
    done?.();
  }
}

let now: number;
let told: string[];
let admission: Admission;

beforeEach(() => {
  now = 1000;
  told = [];
  admission = new Admission({
    now: () => now,
    identities: {
      admitted: (name, { host, address }) => void told.push(`${name} is ${host} at ${address}`),
      claimed: (name, { host, address }) => void told.push(`${host} at ${address} says that it is ${name}`),
    },
  });
});

const computer = (machine: string, instance: string): Computer => ({
  host: 'pi',
  machine: machine.repeat(12),
  instance: instance.repeat(12),
});

/** Connects; answers the line, or why it was not let in. */
async function connect(of: Computer | undefined, address = '10.0.0.1', name = car): Promise<Line | string> {
  const line = new Line();
  const applicant: Applicant = { client: line as unknown as Connection, computer: of, address };
  try {
    await admission.admit(name, applicant);
    return line;
  } catch (error) {
    expect(error).toMatchObject({ returnCode: 2 });
    return (error as Error).message;
  }
}
const says = (line: Line | string) => admission.heard(line as unknown as Connection);

describe('of two that say that they are one car', () => {
  it('another computer is refused for as long as the first is connected, however long that is silent', async () => {
    const first = await connect(computer('a', '1'));
    now += 60_000;
    expect(await connect(computer('b', '2'), '10.0.0.2')).toBe('pi at 10.0.0.1 is car:blue already');
    expect(first).toMatchObject({ closed: false });
    expect(told).toEqual(['car:blue is pi at 10.0.0.1', 'pi at 10.0.0.2 says that it is car:blue']);
    // Its keep-alive ended, or it was switched off.
    (first as Line).close();
    expect(await connect(computer('b', '2'), '10.0.0.2')).toBeInstanceOf(Line);
    expect(told.at(-1)).toBe('car:blue is pi at 10.0.0.2');
  });

  it('the same program that comes back takes over at once: its old connection is half open', async () => {
    const first = await connect(computer('a', '1'));
    says(first);
    // In another cell of the hall, with another address.
    expect(await connect(computer('a', '1'), '10.0.0.77')).toBeInstanceOf(Line);
    expect(first).toMatchObject({ closed: true });
  });

  it('a program started again on the same computer takes over from one that is silent, not from one that speaks', async () => {
    const first = await connect(computer('a', '1'));
    now += 1500;
    says(first);
    now += 1500;
    expect(await connect(computer('a', '2'))).toMatch(/already/);
    now += 600;
    expect(await connect(computer('a', '2'))).toBeInstanceOf(Line);
    expect(first).toMatchObject({ closed: true });
  });

  it('a program started again after it crashed is let in at once: its connection ended with it', async () => {
    const first = await connect(computer('a', '1'));
    (first as Line).close();
    expect(await connect(computer('a', '2'))).toBeInstanceOf(Line);
  });
});

describe('of two programs of somebody else with one identity', () => {
  const gate: IdentityName = 'gate:start';

  it('one that comes back from the same address takes over at once', async () => {
    const first = await connect(undefined, '10.0.0.9', gate);
    says(first);
    expect(await connect(undefined, '10.0.0.9', gate)).toBeInstanceOf(Line);
    expect(first).toMatchObject({ closed: true });
  });

  it('one from another address waits until the first is silent', async () => {
    const first = await connect(undefined, '10.0.0.9', gate);
    now += 1900;
    says(first);
    now += 1900;
    expect(await connect(undefined, '10.0.0.10', gate)).toMatch(/^a computer at 10.0.0.9/);
    now += 200;
    expect(await connect(undefined, '10.0.0.10', gate)).toBeInstanceOf(Line);
  });

  it('nor does one take over from a computer of ours, or the other way round', async () => {
    await connect(computer('a', '1'), '10.0.0.1', gate);
    now += 60_000;
    expect(await connect(undefined, '10.0.0.1', gate)).toMatch(/already/);
  });
});
