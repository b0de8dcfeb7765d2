import { z } from 'zod';

const channel = z.number().int().min(1).max(16);
const stick = (usual: number) =>
  z
    .strictObject({
      channel: channel.default(usual).describe('Its channel, counted from 1.'),
      reversed: z.boolean().default(false).describe('True where a longer pulse is right, or backward.'),
    })
    .prefault({});

/** A radio receiver, read by the car's computer. */
export const ReceiverProfile = z
  .strictObject({
    kind: z
      .enum(['ibus', 'sbus'])
      .describe('What it speaks: FlySky’s i-BUS, or Futaba’s S.BUS, whose signal wants an inverter before the port.'),
    port: z.string().min(1).describe('Serial port that it hangs on: `/dev/serial0` on a Raspberry Pi.'),
    steering: stick(1).describe('The stick or wheel that steers.'),
    throttle: stick(2).describe('The stick or trigger that gives throttle.'),
    kill: z
      .strictObject({
        channel: channel.describe('Its channel, counted from 1.'),
        high: z.boolean().describe('True where a long pulse stops the car. Set the receiver’s failsafe to the same.'),
      })
      .optional()
      .describe('The switch that stops the car like an emergency button, as silence of the receiver does.'),
    manual: channel.optional().describe('Channel of the switch that gives the car to the hand at the transmitter.'),
  })
  .refine(({ kill, manual }) => kill !== undefined || manual !== undefined, 'needs a kill or a manual channel');
export type ReceiverProfile = z.infer<typeof ReceiverProfile>;
