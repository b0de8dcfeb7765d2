let context: AudioContext | undefined;

/** A page may sound only after it was touched: call it on a key or a click. */
export function allowTone(): void {
  context ??= new AudioContext();
  if (context.state === 'suspended') void context.resume();
}

/** Two notes that are heard through a hall, once. */
export function soundAlarm(): void {
  if (context === undefined) return;
  const start = context.currentTime;
  for (const [after, hertz] of [
    [0, 880],
    [0.22, 660],
    [0.44, 880],
  ] as const) {
    const note = context.createOscillator();
    const level = context.createGain();
    note.type = 'square';
    note.frequency.value = hertz;
    level.gain.setValueAtTime(0.25, start + after);
    level.gain.exponentialRampToValueAtTime(0.001, start + after + 0.2);
    note.connect(level).connect(context.destination);
    note.start(start + after);
    note.stop(start + after + 0.21);
  }
}
