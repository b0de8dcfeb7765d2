import type { CarProfile } from '@pitwall/firmware-config';
import type { Happening, Telemetry } from '@pitwall/protocol/messages';
import { now } from '@pitwall/runtime';
import { type Car, reasons } from '../driving/index.js';
import {
  type Colour,
  type Lidar,
  type Motion,
  openPeripherals,
  type Peripherals,
  type Scan,
  temperature,
} from '../hardware/index.js';
import type { Recorder } from '../recorder/index.js';
import { atLeast, atMost, LimitWatch } from './limit-watch.js';
import { detectMotion, levelMotion } from './motion.js';
import { colourOf } from './tail-light.js';

export interface CarPeripheralsParts {
  readonly profile: CarProfile;
  readonly say: (line: string) => void;
  readonly recorder: Recorder | undefined;
  /** That of a simulated car; absent: what the profile names. */
  readonly lidar?: Lidar | undefined;
  /** The track hears it. */
  readonly tell: (happening: Happening) => void;
}

/** A battery that recovers by so much of its unit is full enough again: it hovers. */
const recovered = { level: 1, volts: 0.2 } as const;
/** °C */
const cooled = 5;
/** How often the light changes of a car that is about to drive, in ms. */
const blinkMs = 125;
const dark: Colour = { red: 0, green: 0, blue: 0 };

/**
 * What a car feels and can do without: IMU, lidar, battery, temperature, tail light. What fails of it is said once, and the
 * car drives on, unless its model needs it.
 */
export class CarPeripherals {
  readonly peripherals: Peripherals;
  readonly #parts: CarPeripheralsParts;
  readonly #limits: LimitWatch;
  #car: Car | undefined;
  #scan: Scan | undefined;
  #motion = levelMotion;
  #recorded = 0;
  /** Read once a second: it changes slowly. */
  #heat: { readonly at: number; readonly degrees: number | undefined } = {
    at: Number.NEGATIVE_INFINITY,
    degrees: undefined,
  };
  /** What the pit crew wants to see instead of the car's state. */
  #wanted: Colour | null = null;
  /** While the car is about to drive. */
  #blink: NodeJS.Timeout | undefined;
  #stopShowing: () => void = () => {};

  constructor(parts: CarPeripheralsParts) {
    this.#parts = parts;
    const { profile, say } = parts;
    this.peripherals = {
      ...(parts.lidar === undefined ? {} : { lidar: parts.lidar }),
      ...openPeripherals(profile, {
        now,
        events: (device) => ({
          lost: (message) => say(`${message} The car drives without it.`),
          found: () => say(`the ${device} is there`),
        }),
      }),
    };
    const { battery } = this.peripherals;
    const { temperature: hottest, battery: emptiest } = profile.limits;
    const margin = profile.battery?.kind === 'iio-voltage' ? recovered.volts : recovered.level;
    this.#limits = new LimitWatch(
      [
        ...(hottest === undefined ? [] : [atMost('temperature-high', hottest, cooled, temperature)]),
        ...(emptiest === undefined ? [] : [atLeast('battery-low', emptiest, margin, () => battery?.reading?.value)]),
      ],
      { raised: (reason) => this.#car?.raised(reason), passed: (reason) => this.#car?.passed(reason) },
    );
  }

  /** The lidar's latest turn. */
  readonly scan = (): Scan | undefined => this.#scan;

  /** The car that they belong to; before they start, and before it does. */
  attach(car: Car): void {
    this.#car = car;
  }

  async start(): Promise<void> {
    const { imu, lidar, battery, light } = this.peripherals;
    this.#limits.start();
    await imu?.start((motion) => this.moved(motion));
    await lidar?.start((scan) => {
      this.#scan = scan;
    });
    await battery?.start();
    this.#show();
    await light?.start();
    this.#stopShowing = this.#car?.onChange(() => this.#show()) ?? (() => {});
  }

  /** The tail light, for whoever wants another colour on it than the car's state, until null; undefined where there is none. */
  get light(): { override(colour: Colour | null): void } | undefined {
    if (this.peripherals.light === undefined) return undefined;
    return {
      override: (colour) => {
        this.#wanted = colour;
        this.#show();
      },
    };
  }

  /** Who stands around sees when the car is about to drive. */
  get canWarn(): boolean {
    return this.peripherals.light?.health.state === 'there';
  }

  #show(): void {
    const { light } = this.peripherals;
    clearInterval(this.#blink);
    const phase = this.#car?.safety.phase ?? 'disarmed';
    light?.show(phase === 'starting' ? colourOf(phase) : (this.#wanted ?? colourOf(phase)));
    if (phase !== 'starting') return;
    let isDark = false;
    this.#blink = setInterval(() => {
      isDark = !isDark;
      light?.show(isDark ? dark : colourOf(phase));
    }, blinkMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#blink);
    this.#limits.stop();
    this.#stopShowing();
    const { imu, lidar, battery, light } = this.peripherals;
    await Promise.all([imu?.stop(), lidar?.stop(), battery?.stop(), light?.stop()]);
  }

  /** Each kind stops the car or is only written down, as the profile says; the track hears it in any case. */
  moved(motion: Motion): void {
    const { profile, recorder, say, tell } = this.#parts;
    recorder?.moved(motion);
    const next = detectMotion(this.#motion, motion);
    this.#motion = next.state;
    const { crash, lifted, rolled } = profile.motion;
    const means = { crash, 'picked-up': lifted, 'rolled-over': rolled };
    for (const reason of next.happened) {
      say(reasons[reason].text);
      tell(reason);
      if (means[reason] === 'stop') this.#car?.happened(reason);
      else recorder?.noticed(reason);
    }
  }

  telemetry(): Pick<Telemetry, 'battery' | 'temperature'> {
    const reading = this.peripherals.battery?.reading;
    if (reading !== undefined && reading.at !== this.#recorded) {
      this.#recorded = reading.at;
      this.#parts.recorder?.battery(reading);
    }
    const at = now();
    if (at - this.#heat.at >= 1_000_000) this.#heat = { at, degrees: temperature() };
    const { degrees } = this.#heat;
    return {
      ...(reading === undefined ? {} : { battery: { unit: reading.unit, value: reading.value } }),
      ...(degrees === undefined ? {} : { temperature: degrees }),
    };
  }
}
