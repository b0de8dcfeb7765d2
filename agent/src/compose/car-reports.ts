import { type Car, isPowered, reasons } from '../driving/index.js';
import type { SimulatedHardware } from '../hardware/index.js';
import type { CarPeripherals } from '../peripherals/index.js';
import type { Recorder } from '../recorder/index.js';
import type { TrackLink } from './track-link.js';

const telemetryMs = 100;
/** Of a car at rest, which has little to tell, every so many are sent. */
const restingTelemetry = 5;

export interface CarReportsParts {
  readonly car: Car;
  readonly peripherals: CarPeripherals;
  readonly simulated: SimulatedHardware | undefined;
  readonly recorder: Recorder | undefined;
  readonly link: TrackLink;
  readonly say: (line: string) => void;
}

/** Tells track, recorder and terminal how the car does: each change of its state at once, telemetry ten times a second. */
export class CarReports {
  readonly #parts: CarReportsParts;
  #telemetry: NodeJS.Timeout | undefined;
  #ticks = 0;

  constructor(parts: CarReportsParts) {
    this.#parts = parts;
  }

  start(): void {
    const { car, recorder } = this.#parts;
    recorder?.changed(car.snapshot(), false);
    this.#reportChanges();
    this.#telemetry = setInterval(() => this.#tick(), telemetryMs);
  }

  stop(): void {
    clearInterval(this.#telemetry);
  }

  #reportChanges(): void {
    const { car, recorder, link, say } = this.#parts;
    let shown = car.safety.phase;
    car.onChange((safety) => {
      link.publishState();
      recorder?.changed(car.snapshot(), isPowered(safety));
      if (safety.phase === shown) return;
      shown = safety.phase;
      say(safety.reason === null ? safety.phase : `${safety.phase}: ${reasons[safety.reason].text}`);
    });
  }

  #tick(): void {
    const { car, peripherals, simulated, recorder, link } = this.#parts;
    this.#ticks += 1;
    if (!isPowered(car.safety) && this.#ticks % restingTelemetry !== 0) return;
    // Also without a link: the recorder hears of the battery there, and the metrics of the rate.
    const sensed = peripherals.telemetry();
    const driven = car.takeTelemetry();
    if (!link.online) return;
    const recorded = recorder === undefined ? {} : { recorder: recorder.state };
    link.publishTelemetry({ ...driven, pose: simulated?.pose ?? null, ...recorded, ...sensed });
  }
}
