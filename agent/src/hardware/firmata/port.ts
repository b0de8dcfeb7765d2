import { PitwallError } from '@pitwall/protocol';
import { SerialPort } from 'serialport';
import type { FirmataProfile } from './profile.js';
import { rawNeutral } from './raw.js';

/**
 * Opens the port and writes neutral on it before anything else. `hupcl: false`: closing it must not reset the board,
 * which would take its outputs' pulses and two seconds. @throws PitwallError `outputs-lost`
 */
export async function openNeutral(profile: FirmataProfile, hasMotor: boolean): Promise<SerialPort> {
  const { port: path, baud: baudRate } = profile;
  try {
    const port = new SerialPort({ path, baudRate, hupcl: false, autoOpen: false });
    await new Promise<void>((resolve, reject) => port.open((error) => (error === null ? resolve() : reject(error))));
    await writeOut(port, rawNeutral(profile, hasMotor));
    return port;
  } catch (cause) {
    throw new PitwallError('outputs-lost', `The serial port ${path} cannot be opened; check the cable and profile.`, {
      cause,
    });
  }
}

/** Writes, and returns when the last byte has left this computer. */
export async function writeOut(port: SerialPort, bytes: Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    port.write(bytes, (error) => {
      if (error) reject(error);
      else port.drain((failed) => (failed ? reject(failed) : resolve()));
    });
  });
}

export async function closePort(port: SerialPort): Promise<void> {
  if (!port.isOpen) return;
  await new Promise<void>((resolve) => port.close(() => resolve()));
}

/** Neutral with nobody else there to hold it. A board that resets when it is opened gives no pulse instead. */
export async function serialNeutral(profile: FirmataProfile, hasMotor: boolean): Promise<void> {
  const port = await openNeutral(profile, hasMotor);
  await closePort(port);
}
