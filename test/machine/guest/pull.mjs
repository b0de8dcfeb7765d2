/** pull.mjs LINE LEVEL, or LINE passes PID: a car passes every 1.5 s as long as that process runs. */
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { pull } from './rig.mjs';

const [line, what, pid] = process.argv.slice(2);
if (what !== 'passes') pull(line, Number(what));
else
  for (let passes = 0; passes < 50 && existsSync(`/proc/${pid}`); passes += 1) {
    await wait(1500);
    pull(line, 0);
    await wait(50);
    pull(line, 1);
  }
