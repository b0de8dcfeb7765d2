/** How long it goes on after the power is off: what happened then is what one wants to know, in ms. */
const afterMs = 5000;

/** Whether it is to be recorded: while the car is armed and a little longer, or as a person says until it is armed again. */
export class RecordingSwitch {
  readonly #changed: () => void;
  #powered = false;
  /** The power went off a moment ago. */
  #lingers = false;
  #byHand: boolean | undefined;
  #ended = false;
  #after: NodeJS.Timeout | undefined;

  /** @param changed it may be another one now */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get on(): boolean {
    return !this.#ended && (this.#byHand ?? (this.#powered || this.#lingers));
  }

  power(on: boolean): void {
    if (on && !this.#powered) this.#byHand = undefined;
    if (on !== this.#powered) {
      clearTimeout(this.#after);
      this.#lingers = !on;
      if (this.#lingers) this.#after = setTimeout(() => this.#settle(), afterMs);
    }
    this.#powered = on;
    this.#changed();
  }

  set(on: boolean): void {
    this.#byHand = on;
    this.#changed();
  }

  /** Off for good. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#after);
    this.#changed();
  }

  #settle(): void {
    this.#lingers = false;
    this.#changed();
  }
}
