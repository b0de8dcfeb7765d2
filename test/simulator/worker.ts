/** One evaluation worker for the benchmark: loads a model, drives laps on request, answers with its speed and memory. */
import { loadModel } from '@pitwall/agent/model';
import { World } from '@pitwall/agent/simulator';
import { driveLaps, ovalOf } from './drive.js';

const model = await loadModel(process.argv[2] ?? '');
const world = new World({ track: ovalOf(60) });
await driveLaps(world, 1, model.policy);
process.send?.({ type: 'ready' });
process.on('message', async ({ laps, trials }: { laps: number; trials: number }) => {
  const drive = await driveLaps(world, laps, model.policy, trials);
  process.send?.({ type: 'done', ...drive, rssBytes: process.resourceUsage().maxRSS * 1024 });
});
process.on('disconnect', () => process.exit(0));
