/** How a device that may come and go is doing. */
export interface DeviceHealth {
  /** `starting`: it was not there yet since the start. */
  readonly state: 'starting' | 'there' | 'gone';
  /** Why it is not there, and what to do; null while it is there. */
  readonly message: string | null;
  /** How often it was lost since the start. */
  readonly losses: number;
}

/** Each change is told once, whatever is tried in between. */
export interface DeviceEvents {
  /** It is gone (or not there at the start), and is tried again until it comes. */
  readonly lost: (message: string) => void;
  /** It is there again, or for the first time. */
  readonly found: () => void;
}
