import { contentPolicy } from './content-policy.js';

const style = `body{font:15px/1.5 system-ui,sans-serif;margin:1rem auto;max-width:60rem;padding:0 1rem;color:#222;background:#fff}
table{border-collapse:collapse;width:100%}td,th{padding:.2rem .6rem;text-align:left;border-bottom:1px solid #ddd}
td.n{text-align:right;font-variant-numeric:tabular-nums}button{font:inherit}#note{color:#a00;min-height:1.5em}
@media(prefers-color-scheme:dark){body{color:#eee;background:#111}td,th{border-color:#333}#note{color:#f88}}`;

/** Everything from the server goes in as text nodes. The token stays in this tab. */
const script = `const at=id=>document.getElementById(id);let token=sessionStorage.getItem('token')??'';
const ask=async(path,method='GET')=>{const r=await fetch('/api/v1/outbox'+path,{method,headers:{authorization:'Bearer '+token}});
if(!r.ok)throw new Error((await r.json()).error.message);return r.status===204?undefined:r.json()};
const fill=(id,rows)=>{const b=at(id).tBodies[0];b.replaceChildren();for(const cells of rows){const tr=b.insertRow();
for(const c of cells){const td=tr.insertCell();if(c instanceof Node)td.append(c);else{td.textContent=c;if(typeof c==='number')td.className='n'}}}};
async function show(){at('login').hidden=token!=='';at('page').hidden=token==='';if(token==='')return;
try{const waiting=await ask('?state=waiting'),aside=await ask('?state=aside');
fill('counts',waiting.counts.map(c=>[c.destination,c.state,c.count]));
fill('troubles',waiting.troubles.map(t=>[t.destination,t.leaderboard,t.failures,new Date(t.notBefore).toLocaleTimeString()]));
fill('waiting',waiting.deliveries.map(d=>[d.destination,d.leaderboard,d.racer,d.attempts,d.reason??'']));
fill('aside',aside.deliveries.map(d=>{const b=document.createElement('button');b.textContent='Send again';
b.onclick=async()=>{try{await ask('/'+d.id+'/retry','POST');await show()}catch(e){at('note').textContent=e.message}};
return[d.destination,d.leaderboard,d.racer,d.reason??'',b]}));at('note').textContent=''}
catch(e){at('note').textContent=e.message}}
at('login').onsubmit=e=>{e.preventDefault();token=at('token').value.trim();sessionStorage.setItem('token',token);show()};
at('leave').onclick=()=>{token='';sessionStorage.removeItem('token');show()};
show();setInterval(show,3000);`;

const table = (id: string, heads: readonly string[]): string =>
  `<table id="${id}"><thead><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr></thead><tbody></tbody></table>`;

/** What waits to be sent, and what was set aside, with a button to send it again: for a marshal. */
export const outboxPage = `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Outbox</title><style>${style}</style></head><body>
<h1>Outbox</h1><p id="note" role="status"></p>
<form id="login" hidden><label>A marshal’s token <input id="token" type="password" autocomplete="off"></label> <button>Show</button></form>
<div id="page" hidden><button id="leave">Forget the token</button>
<h2>Results on their way</h2>${table('counts', ['Destination', 'State', 'Results'])}
<h2>Boards that do not answer</h2>${table('troubles', ['Destination', 'Leaderboard', 'Failures', 'Next try'])}
<h2>Set aside</h2>${table('aside', ['Destination', 'Leaderboard', 'Racer', 'Reason', ''])}
<h2>Waiting, the oldest first</h2>${table('waiting', ['Destination', 'Leaderboard', 'Racer', 'Attempts', 'Reason'])}
</div><script>${script}</script></body></html>`;

export const outboxPolicy = contentPolicy(style, script, "'none'");
