/** What a car in each phase is told next, on its way to driving: a busy machine may fault it again right away. */
export const nextStep = {
  faulted: 'clear',
  disarmed: 'arm',
  armed: 'start',
  starting: 'start',
  stopped: 'resume',
  stopping: 'resume',
  driving: 'start',
} as const;
