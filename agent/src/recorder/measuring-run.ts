import { CrossingRecord, channels, MotionRecord, SetpointRecord } from './channels.js';
import { jsonOf, readRecording } from './read-recording.js';

/** What a recording tells of how a car moves. Times in s; crossings also in s of the gate's own clock. */
export async function readMeasuringRun(path: string) {
  const setpoints: { at: number; steering: number; throttle: number }[] = [];
  const turns: { at: number; left: number }[] = [];
  const crossings: { at: number; gate: string; stamp: number }[] = [];
  let first: bigint | undefined;
  for await (const { topic, at: nanoseconds, data } of readRecording(path)) {
    first ??= nanoseconds;
    const at = Number(nanoseconds - first) / 1e9;
    if (topic === channels.setpoint.topic) {
      const { steering, throttle } = SetpointRecord.parse(jsonOf(data));
      setpoints.push({ at, steering, throttle });
    } else if (topic === channels.motion.topic) {
      const { turnZ } = MotionRecord.parse(jsonOf(data));
      if (turnZ !== undefined) turns.push({ at, left: turnZ });
    } else if (topic === channels.crossing.topic) {
      const { gate, bootId, at: stamp } = CrossingRecord.parse(jsonOf(data));
      // Two lives of a gate's clock have nothing to do with each other.
      crossings.push({ at, gate: `${gate} ${bootId}`, stamp: stamp / 1e6 });
    }
  }
  return { setpoints, turns, crossings };
}
