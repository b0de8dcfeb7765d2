import { LeaderboardId } from '@pitwall/protocol';
import { z } from 'zod';
import type { Leaderboards } from '../../leaderboard/index.js';
import { contentPolicy } from '../system/content-policy.js';
import type { Routes } from '../system/server.js';

const style = `body{font:14px/1.4 system-ui,sans-serif;margin:0;padding:.5rem;color:#222;background:#fff}
h1{font-size:1.1rem;margin:0 0 .2rem}p{margin:0 0 .5rem;color:#555}section{display:inline-block;vertical-align:top;margin-right:1.5rem}
h2{font-size:.9rem;margin:.3rem 0}table{border-collapse:collapse}td,th{padding:.1rem .5rem;text-align:left}
td.n{text-align:right;font-variant-numeric:tabular-nums}@media(prefers-color-scheme:dark){body{color:#eee;background:#111}p{color:#aaa}}`;

/** Text goes in as text nodes only, so that no alias is ever markup. */
const script = `const base=document.body.dataset.base,box=document.getElementById('columns');
const cell=(row,text,number)=>{const td=row.insertCell();td.textContent=text;if(number)td.className='n'};
async function show(){const board=await(await fetch(base+'/standings?limit=20')).json();
document.querySelector('h1').textContent=board.name;document.querySelector('p').textContent=board.metric;
box.replaceChildren(...['physical','virtual'].filter(k=>board[k].length).map(kind=>{const s=document.createElement('section'),
h=document.createElement('h2'),t=document.createElement('table');h.textContent=kind;
for(const r of board[kind]){const row=t.insertRow();cell(row,r.rank,1);cell(row,r.alias);cell(row,r.scoreText,1)}
s.append(h,t);return s}))}
let due;const soon=()=>{due??=setTimeout(()=>{due=undefined;show()},500)};
show();new EventSource(base+'/events').addEventListener('changes',soon);`;

const policy = contentPolicy(style, script, '*');

/** A small live page of a board's top, for a frame on someone's own site. */
export const embedRoutes =
  (leaderboards: Leaderboards): Routes =>
  (app) => {
    app.get(
      '/embed/leaderboards/:id',
      { config: { access: 'everyone' }, schema: { hide: true, params: z.object({ id: LeaderboardId }) } },
      async (request, reply) => {
        const { id } = await leaderboards.boards.get(request.params.id);
        return reply
          .header('content-type', 'text/html; charset=utf-8')
          .header('content-security-policy', policy)
          .send(
            `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${id}</title><style>${style}</style></head><body data-base="/api/v1/leaderboards/${id}"><h1></h1><p></p><div id="columns"></div><script>${script}</script></body></html>`,
          );
      },
    );
  };
