import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { GateProfile } from '@pitwall/firmware-config';
import { type BootId, PitwallError } from '@pitwall/protocol';
import { parseTrack } from '@pitwall/protocol/track';
import type { Clock } from '@pitwall/runtime';
import {
  DeepracerTimerSensor,
  DremSensor,
  EvdevSensor,
  type GateConfig,
  GpiomonSensor,
  GpioSensor,
  LapGateDecoder,
  P3Sensor,
  PassingsDecoder,
  PulseDecoder,
  type Sensor,
  SerialSensor,
  SimulatedSensor,
} from '../gate/index.js';

/** The one place that chooses what reads the sensor. */
export function sensorOf(
  { adapter }: GateProfile,
  where: GateConfig['simulated'],
  clock: Clock,
  kept: (bootId: BootId) => number | undefined,
): Sensor {
  switch (adapter.kind) {
    case 'gpiomon':
      return new GpiomonSensor(adapter, clock);
    case 'gpio':
      return new GpioSensor(adapter, clock);
    case 'evdev':
      return new EvdevSensor(adapter, clock);
    case 'drem':
      return new DremSensor(adapter.url, clock);
    case 'deepracer-timer':
      return new DeepracerTimerSensor(adapter.url, clock);
    case 'p3':
      return new P3Sensor(adapter, clock);
    case 'serial':
      return new SerialSensor(adapter, clock, (events, write) => {
        if (adapter.format === 'pulse') return new PulseDecoder(events, clock);
        if (adapter.format === 'passings') return new PassingsDecoder(events, clock);
        const freshName = () => randomBytes(4).readUInt32LE() % 0xffffffff;
        return new LapGateDecoder({ events, write, kept, freshName });
      });
    case 'simulated': {
      if (where === undefined) throw new PitwallError('config-invalid', 'A simulated gate needs --socket and --track.');
      const { socket, track: file, direction } = where;
      const track = parseTrack(readFileSync(file, 'utf8'), `The track ${file}`);
      return new SimulatedSensor(socket, (direction === undefined ? track : track.inDirection(direction)).startLine);
    }
  }
}
