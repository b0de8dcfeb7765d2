import type { StandbyState } from '@pitwall/protocol/api';

interface Words {
  readonly lang: string;
  readonly follows: string;
  readonly lost: string;
  readonly lag: string;
  readonly promote: string;
}

/** This page is no part of the controller's pages, which a standby does not serve: it says the little that it has in all four languages. */
const languages: readonly Words[] = [
  {
    lang: 'en',
    follows: 'This standby follows',
    lost: 'This standby does not reach',
    lag: 'changes behind, seconds since it had everything:',
    promote: 'If that one is lost, on this machine: pitwall promote',
  },
  {
    lang: 'de',
    follows: 'Diese Reserve folgt',
    lost: 'Diese Reserve erreicht nicht',
    lag: 'Änderungen zurück, Sekunden, seit sie alles hatte:',
    promote: 'Ist jene verloren, auf diesem Rechner: pitwall promote',
  },
  {
    lang: 'es',
    follows: 'Esta reserva sigue a',
    lost: 'Esta reserva no alcanza a',
    lag: 'cambios de retraso, segundos desde que lo tenía todo:',
    promote: 'Si aquel se pierde, en este equipo: pitwall promote',
  },
  {
    lang: 'ja',
    follows: 'この待機機が追従しているコントローラー：',
    lost: 'この待機機が到達できないコントローラー：',
    lag: '件の変更が未反映、すべて揃ってからの秒数：',
    promote: 'そのコントローラーが失われたら、この機械で：pitwall promote',
  },
];

const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);

/** What whoever is at the standby's machine sees in a browser; it comes anew each two seconds. */
export function standbyPage({ standby }: StandbyState): string {
  const { url = '', connected = false, behind = 0, seconds = null } = standby ?? {};
  const parts = languages.map(
    ({ lang, follows, lost, lag, promote }) =>
      `<section lang="${lang}"><p><strong>${connected ? follows : lost} ${escaped(url)}</strong></p>
<p>${behind} ${lag} ${seconds === null ? '–' : Math.round(seconds)}</p><p><code>${promote}</code></p></section>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Pitwall: standby</title>
<style>body{font:1.1rem/1.5 system-ui,sans-serif;margin:2rem;max-width:46rem;color-scheme:light dark}section{border-top:1px solid #8888;padding:.5rem 0}</style></head>
<body><h1>${connected ? '✓' : '⚠'} Pitwall</h1>${parts.join('\n')}</body></html>`;
}
