import { language } from '../words/index.js';
import { Beeper } from './beeper.js';
import { changeSettings, onSettings, soundSettings } from './settings.js';
import { Speaker } from './speaker.js';

/** This browser's voice; null where it has none. */
export const speaker: Speaker | null =
  typeof window.speechSynthesis === 'object' && typeof window.SpeechSynthesisUtterance === 'function'
    ? new Speaker({
        speech: {
          // What is spoken was made below.
          speak: (utterance) => window.speechSynthesis.speak(utterance as SpeechSynthesisUtterance),
          cancel: () => window.speechSynthesis.cancel(),
        },
        utterance: (text) => new SpeechSynthesisUtterance(text),
        language,
        now: () => performance.now(),
        setTimer: (act, ms) => window.setTimeout(act, ms),
        clearTimer: (timer) => window.clearTimeout(timer as number),
      })
    : null;

export const beeper = new Beeper(typeof window.AudioContext === 'function' ? () => new AudioContext() : undefined, () =>
  performance.now(),
);

const follow = (): void => {
  const { volume, voice } = soundSettings();
  beeper.volume = volume;
  if (speaker === null) return;
  speaker.volume = volume;
  if (!voice) speaker.hush();
};
follow();
onSettings(follow);

/** Browsers let a page sound once somebody has pressed something on it. */
const allow = (): void => {
  if (soundSettings().tones) beeper.allow();
};
window.addEventListener('pointerdown', allow);
window.addEventListener('keydown', allow);

export function turnOn(what: 'voice' | 'tones', on: boolean): void {
  if (what === 'tones' && on) beeper.allow();
  changeSettings({ [what]: on });
}
