import { z } from 'zod';

/** What is said and beeped; each device chooses. */
export const spoken = ['calls', 'start', 'laps', 'bests', 'sectors', 'places', 'incidents', 'time', 'results'] as const;
export const beeped = ['countdown', 'crossings', 'keys'] as const;
export type Spoken = (typeof spoken)[number];
export type Beeped = (typeof beeped)[number];
export type Category = Spoken | Beeped;

/** `variables` of a template. `text`: the sentence as it is. */
export const variables = ['text', 'racer', 'lap', 'time', 'gap', 'place'] as const;
export type Variables = Readonly<Record<(typeof variables)[number], string>>;

/** What {@link fill} does not know, by its name; null: all is right. */
export const unknownIn = (template: string): string | null =>
  [...template.matchAll(/\{(\w*)\}/g)].map(([, name]) => name as string).find((name) => !isVariable(name)) ?? null;

const isVariable = (name: string): name is keyof Variables => (variables as readonly string[]).includes(name);

/** A template with its gaps filled; an empty one is the sentence. */
export function fill(template: string, values: Variables): string {
  if (template.trim() === '') return values.text;
  return template.replaceAll(/\{(\w*)\}/g, (gap, name: string) => (isVariable(name) ? values[name] : gap)).trim();
}

const Template = z
  .string()
  .max(200)
  .refine((template) => unknownIn(template) === null)
  .catch('');

const SoundSettings = z.object({
  voice: z.boolean().catch(false),
  tones: z.boolean().catch(false),
  /** 0 to 1. */
  volume: z.number().min(0).max(1).catch(0.8),
  categories: z.record(z.string(), z.boolean()).catch({}),
  templates: z.record(z.string(), Template).catch({}),
});
export type SoundSettings = z.infer<typeof SoundSettings>;

/** Every lap of a fast car is a lot to hear: each is a beep, and what is special about it is said. */
const quiet: ReadonlySet<Category> = new Set(['sectors', 'keys']);

export const isOn = ({ categories }: SoundSettings, category: Category): boolean =>
  categories[category] ?? !quiet.has(category);

/** What was kept, whatever somebody made of it. */
export function readSettings(text: string | null): SoundSettings {
  try {
    return SoundSettings.parse(JSON.parse(text ?? '{}'));
  } catch {
    return SoundSettings.parse({});
  }
}

const place = 'pitwall-sound';
const listeners = new Set<() => void>();
let settings: SoundSettings | undefined;

/** This device's; the same object until they change. */
export function soundSettings(): SoundSettings {
  settings ??= readSettings(localStorage.getItem(place));
  return settings;
}

export function changeSettings(change: Partial<SoundSettings>): void {
  settings = { ...soundSettings(), ...change };
  localStorage.setItem(place, JSON.stringify(settings));
  for (const listener of listeners) listener();
}

export function onSettings(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
