/** The profile, as its file has it, of a car on a rig, with these devices and whatever else it has. */
export const watchedCar = (rig: { readonly drivetrain: object }, devices: object): string =>
  `${JSON.stringify(
    {
      schema: 1,
      name: 'rig',
      description: 'A car whose outputs are watched.',
      calibrated: true,
      drivetrain: rig.drivetrain,
      mapping: { kind: 'stock' },
      rest: 50,
      ...devices,
    },
    null,
    1,
  )}\n`;
