import { VisuallyHidden } from '@mantine/core';
import type { Micros } from '@pitwall/protocol';
import { parse } from '@pitwall/protocol';
import { MomentPage } from '@pitwall/protocol/api';
import type { LogRecord, RaceState } from '@pitwall/protocol/race';
import { type Moment, Moments, sentences, timeMoments } from '@pitwall/protocol/show';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { get } from '../http/index.js';
import { type RaceView, useLiveClient } from '../live/index.js';
import { useAccount, useSession } from '../session/index.js';
import { words } from '../show-words/index.js';
import { language } from '../words/index.js';
import { categoryOf, urgencyOf, variablesOf } from './callout.js';
import { beeper, speaker } from './devices.js';
import { fill, isOn, onSettings, type Spoken, soundSettings } from './settings.js';
import { StartBeeps } from './start-beeps.js';

/** What happened longer ago, µs, is not said: a page that slept, or was away, tells how it is now. */
const old = 10_000_000;
/** How often clocks are looked at, ms. */
const tick = 100;
/** So many sentences stand in the live region. */
const kept = 6;

/** Follows a race for the ears: what happens is said, beeped, and written where screen readers read it. */
export default function Callouts({ view }: { readonly view: RaceView }) {
  const { token } = useSession();
  const me = useAccount(token).data?.name;
  useSyncExternalStore(onSettings, soundSettings);
  const [said, setSaid] = useState<readonly { readonly key: number; readonly text: string }[]>([]);
  const say = (text: string) =>
    setSaid((before) => [...before, { key: (before.at(-1)?.key ?? 0) + 1, text }].slice(-kept));
  useTeller(view, me, say);
  useStartBeeps(view.state);
  return (
    <VisuallyHidden component="div" role="log" aria-live="polite" aria-label={words.show.whatHappened}>
      {said.map(({ key, text }) => (
        <p key={key}>{text}</p>
      ))}
    </VisuallyHidden>
  );
}

function useTeller({ state, records }: RaceView, me: string | undefined, say: (text: string) => void): void {
  const client = useLiveClient();
  const [sentence, setSentence] = useState<((moment: Moment) => string) | null>(null);
  const told = useRef<{ moments: Moments; seq: number; at: number | null } | null>(null);
  useEffect(() => {
    void sentences(language).then((one) => setSentence(() => one));
  }, []);
  // The record of the track is asked for once; without an answer nothing is one.
  const [record, setRecord] = useState<Micros | null | undefined>(undefined);
  const { race } = state;
  useEffect(() => {
    const leaving = new AbortController();
    get(
      `/api/v1/races/${race}/moments?after=${Number.MAX_SAFE_INTEGER}`,
      (value) => parse(MomentPage, value, 'The moments').record?.time ?? null,
      leaving.signal,
    ).then(setRecord, () => setRecord((before) => before ?? null));
    return () => leaving.abort();
  }, [race]);

  const latest = useRef({ state, records, me, say });
  useEffect(() => {
    latest.current = { state, records, me, say };
  });
  useEffect(() => {
    if (sentence === null || record === undefined) return;
    const tell = (moment: Moment) => {
      const now = latest.current;
      const mine = now.me !== undefined && moment.racer === now.me;
      const category: Spoken = categoryOf(moment);
      if (mine && (moment.kind === 'called' || moment.kind === 'next')) {
        const words_ = moment.kind === 'called' ? words.show.toThePit : words.show.youAreNext;
        return announce(words_(moment.alias), 4, 'call', now.say);
      }
      if (!isOn(soundSettings(), category)) return;
      const text = fill(soundSettings().templates[category] ?? '', variablesOf(moment, sentence(moment)));
      announce(text, urgencyOf(category), category === 'bests' ? 'best' : null, now.say);
    };
    const hear = () => {
      const { state: race_, records: log } = latest.current;
      const now = client.clock.at(performance.now() * 1000);
      if (told.current === null) {
        const moments = new Moments({ track: record });
        moments.follow(race_);
        told.current = { moments, seq: race_.seq, at: now?.at ?? null };
        return;
      }
      const { seq, at, moments } = told.current;
      if (race_.seq > seq) {
        const fresh = log.slice(seq);
        const isNew = (one: LogRecord) => now === null || one.at.bootId !== now.bootId || now.at - one.at.at < old;
        const isHeard = fresh.some(isNew);
        if (isHeard) beepFor(fresh);
        for (const moment of moments.follow(race_)) if (isHeard) tell(moment);
      }
      if (now !== null && at !== null && now.at - at < old)
        for (const moment of timeMoments(race_, at as Micros, now.at)) tell(moment);
      told.current = { moments, seq: race_.seq, at: now?.at ?? at };
    };
    hear();
    hearNow.current = hear;
    const timer = window.setInterval(hear, tick);
    return () => window.clearInterval(timer);
  }, [client, sentence, record]);
  // At once when something came.
  const hearNow = useRef<() => void>(() => undefined);
  useEffect(() => {
    if (state.seq > 0) hearNow.current();
  }, [state.seq]);
}

function announce(text: string, urgency: number, tone: 'call' | 'best' | null, say: (text: string) => void): void {
  if (text === '') return;
  say(text);
  const { voice, tones } = soundSettings();
  if (tones && tone !== null) beeper.play(tone);
  if (tone === 'call') navigator.vibrate?.([200, 100, 400]);
  if (voice) speaker?.say(text, urgency);
}

function beepFor(records: readonly LogRecord[]): void {
  const settings = soundSettings();
  if (!settings.tones) return;
  if (isOn(settings, 'keys') && records.some(({ commandId }) => commandId !== null)) beeper.play('key');
  if (
    isOn(settings, 'crossings') &&
    records.some(({ event: { type } }) => type === 'crossing' || type === 'crossing-added')
  )
    beeper.play('crossing');
}

/** All devices beep together: at moments of the controller's clock, each handed over 300 ms before. */
function useStartBeeps(state: RaceState): void {
  const client = useLiveClient();
  const latest = useRef(state);
  useEffect(() => {
    latest.current = state;
  });
  useEffect(() => {
    const start = new StartBeeps();
    const timer = window.setInterval(() => {
      const { runs, current } = latest.current;
      const countdown = runs.find(({ runId }) => runId === current)?.countdown ?? null;
      const local = performance.now();
      const now = client.clock.at(local * 1000);
      const { beeps, calledOff } = start.due(countdown, now, tick * 1000);
      // The last beep sounds when the countdown is over: nobody called that off.
      if (calledOff && countdown === null && !hasStarted(latest.current)) beeper.callOff();
      const settings = soundSettings();
      if (now === null || !settings.tones || !isOn(settings, 'countdown')) return;
      for (const { at, tone } of beeps) beeper.play(tone, local + (at - now.at) / 1000);
    }, tick);
    return () => window.clearInterval(timer);
  }, [client]);
}

const hasStarted = ({ runs, current }: RaceState): boolean =>
  runs.find(({ runId }) => runId === current)?.startedAt != null;
