import { type CarProfile, parseCarProfile } from '@pitwall/firmware-config';

/** The profile of a car that has nothing but what is given. */
export const carWith = (part: object): CarProfile =>
  parseCarProfile(
    JSON.stringify({
      schema: 1,
      name: 'x',
      description: 'x',
      calibrated: true,
      drivetrain: { kind: 'simulated', degrees: 30, speed: 4 },
      mapping: { kind: 'stock' },
      camera: { kind: 'none' },
      ...part,
    }),
    'x.yaml',
  );
