/**
 * Why a car stops. `clears`: `staff` latches as a fault that someone has to clear and arm again; `resume` goes on with
 * one command, since seconds count in a run. `bites`: in which states it counts — `always`, when `armed` (powered, up
 * to stopped), or only while `driving` or about to.
 */
export const reasons = {
  stop: { clears: 'resume', bites: 'driving', text: 'told to stop' },
  'e-stop': { clears: 'staff', bites: 'always', text: 'emergency stop' },
  'stale-frame': { clears: 'staff', bites: 'driving', text: 'the camera sends no fresh frames' },
  'inference-failed': { clears: 'staff', bites: 'driving', text: 'the policy failed on a frame' },
  'inference-not-finite': { clears: 'staff', bites: 'driving', text: 'the policy answered with no number' },
  'inference-slow': { clears: 'staff', bites: 'driving', text: 'the policy is too slow, or does not answer' },
  'outputs-lost': { clears: 'staff', bites: 'armed', text: 'motor and steering do not answer' },
  'lidar-lost': { clears: 'staff', bites: 'driving', text: 'the lidar that the model needs is silent' },
  'battery-low': { clears: 'staff', bites: 'armed', text: 'the battery is below its limit' },
  'temperature-high': { clears: 'staff', bites: 'armed', text: 'the computer is too hot' },
  crash: { clears: 'staff', bites: 'driving', text: 'the car hit something' },
  'picked-up': { clears: 'resume', bites: 'driving', text: 'the car was picked up' },
  'rolled-over': { clears: 'staff', bites: 'driving', text: 'the car rolled over' },
  'link-lost': { clears: 'resume', bites: 'driving', text: 'the link to the track is lost' },
  'red-flag': { clears: 'resume', bites: 'driving', text: 'red flag' },
  'dead-man': { clears: 'resume', bites: 'driving', text: 'no hand on the controls' },
} as const satisfies Record<
  string,
  { clears: 'staff' | 'resume'; bites: 'always' | 'armed' | 'driving'; text: string }
>;

export type Reason = keyof typeof reasons;
