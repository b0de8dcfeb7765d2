import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { percentText } from '@pitwall/protocol';
import { lapTime, metricInWords } from '@pitwall/protocol/ranking';
import type { Track } from '@pitwall/protocol/track';
import { inHtml } from '@pitwall/runtime';
import { type DrivenRow, withSpeeds } from './driven-rows.js';
import type { Evaluated } from './evaluate.js';
import { isComplete, type LapRecord, lapMicros, toMicros } from './lap.js';
import { inWords } from './robustness.js';
import { robustnessTable } from './robustness-table.js';
import type { EvaluationRules } from './rules.js';
import { mapSvg, speedColour } from './track-map.js';

/** A page of its own, with nothing to load: the driven line on the map, laps and splits, incidents, and the controls. */
export function reportHtml(evaluated: Evaluated, track: Track, rules: EvaluationRules): string {
  const { evaluation, best, summaries, outcomes } = evaluated;
  const rows = outcomes.find(({ checkpoint }) => checkpoint === best.checkpoint)?.rows ?? [];
  const driven = withSpeeds(rows);
  const top = Math.max(0.1, ...driven.map(({ drivenMps }) => drivenMps));
  const title = `${evaluation.model.name} on ${track.name}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${inHtml(title)}</title>
<style>${uplot('uPlot.min.css')}
body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:1100px;padding:24px;color:#1c2430}
h1{font-size:24px;margin:0}h2{font-size:18px;margin:32px 0 8px}
table{border-collapse:collapse;width:100%}th,td{text-align:right;padding:4px 10px;border-bottom:1px solid #dde2e8;font-variant-numeric:tabular-nums}
th:first-child,td:first-child{text-align:left}th{font-weight:600;color:#55606e}
.big{font-size:32px;font-weight:700}.muted{color:#55606e}.chosen{background:#eef6ff}.breaks{background:#fdecea}.worse{background:#fff6e0}td img{width:120px;vertical-align:middle}svg{width:100%;height:auto;background:#7fae8a;border-radius:8px}
.scale{display:inline-block;width:160px;height:10px;border-radius:5px;background:linear-gradient(90deg,${[0, 0.25, 0.5, 0.75, 1].map(speedColour).join(',')})}
</style></head><body>
<h1>${inHtml(title)}</h1>
<p class="muted">${inHtml(rules.raceType.type)} · ${inHtml(track.direction)} · ${track.lengthM.toFixed(2)} m · seed ${evaluation.seed} · checkpoint ${inHtml(best.checkpoint)}${evaluation.domain === undefined ? '' : ` · camera changed: ${inHtml(inWords(evaluation.domain))}`}${evaluation.interrupted ? ' · <b>stopped early</b>' : ''}</p>
<p><span class="big">${best.score === null ? 'no result' : lapTime(best.score.score)}</span> <span class="muted">${inHtml(metricInWords(rules.ranking))}</span></p>
${mapSvg(track, driven, best.laps, top)}
<p class="muted">0 m/s <span class="scale"></span> ${top.toFixed(2)} m/s · ● off track or crashed</p>
<h2>Laps</h2>
<table><thead><tr><th>Lap</th><th>Trial</th><th>Time</th><th>Sector 1</th><th>Sector 2</th><th>Sector 3</th><th>Progress</th><th>Off track</th><th>Crashes</th><th>Resets</th></tr></thead><tbody>
${best.laps.map((lap) => lapRow(lap)).join('\n')}
</tbody></table>
${summaries.length > 1 ? checkpointTable(evaluated) : ''}
${evaluated.robustness === undefined ? '' : robustnessTable(evaluated.robustness)}
<h2>Steering and speed over time</h2>
<div id="steering"></div><div id="speed"></div>
<script>${uplot('uPlot.iife.min.js')}</script>
<script>
const data=${JSON.stringify(seriesOf(driven))};
const sync={key:"time"};
const plot=(id,title,series,values)=>new uPlot({width:Math.min(1050,innerWidth-60),height:220,title,cursor:{sync},scales:{x:{time:false}},
series:[{label:"s"},...series]},[data.time,...values],document.getElementById(id));
plot("steering","Steering (°, left is positive)",[{label:"asked",stroke:"#2b6cb0"}],[data.steering]);
plot("speed","Speed (m/s)",[{label:"asked",stroke:"#9aa5b1"},{label:"driven",stroke:"#c05621"}],[data.asked,data.driven]);
</script></body></html>
`;
}

function seriesOf(rows: readonly DrivenRow[]) {
  const round = (value: number) => Math.round(value * 1000) / 1000;
  return {
    time: rows.map(({ timeS }) => timeS),
    steering: rows.map(({ steeringDeg }) => round(steeringDeg)),
    asked: rows.map(({ speedMps }) => round(speedMps)),
    driven: rows.map(({ drivenMps }) => round(drivenMps)),
  };
}

function lapRow(lap: LapRecord): string {
  const ends = [0, ...lap.splitsMs.map(toMicros), ...(isComplete(lap) ? [lapMicros(lap)] : [])];
  const sectors = [0, 1, 2].map((i) => {
    const [from, to] = [ends[i], ends[i + 1]];
    return from === undefined || to === undefined ? '–' : lapTime(to - from);
  });
  const time = isComplete(lap) ? lapTime(lapMicros(lap)) : lap.end.replaceAll('_', ' ');
  const cells = [lap.trial, time, ...sectors, percentText(lap.progressPct, 1), lap.offTracks, lap.crashes, lap.resets];
  return `<tr><td>${lap.lap}</td>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function checkpointTable({ summaries, best, evaluation }: Evaluated): string {
  const rows = summaries.map((one) => {
    const chosen = one === best ? ' class="chosen"' : '';
    const mean = one.meanLap === null ? '–' : lapTime(one.meanLap);
    const fastest = one.bestLap === null ? '–' : lapTime(one.bestLap);
    return `<tr${chosen}><td>${inHtml(one.checkpoint)}</td><td>${percentText(one.meanProgressPct, 1)}</td><td>${mean}</td><td>${fastest}</td><td>${one.completeLaps} of ${one.laps.length}</td><td>${one.resets}</td></tr>`;
  });
  return `<h2>Checkpoints</h2>
<p>Checkpoint ${inHtml(best.checkpoint)} was chosen. ${inHtml(evaluation.because)}</p>
<table><thead><tr><th>Checkpoint</th><th>Mean progress</th><th>Mean lap</th><th>Best lap</th><th>Complete</th><th>Resets</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table>`;
}

const uplot = (file: string) =>
  readFileSync(createRequire(import.meta.url).resolve(`uplot/dist/${file}`), 'utf8').replaceAll(
    '</script',
    '<\\/script',
  );
