import { Button, Group } from '@mantine/core';
import type { RaceId } from '@pitwall/protocol';
import type { EventShow, RaceEventView, Scene } from '@pitwall/protocol/api';
import { Scene as Scenes } from '@pitwall/protocol/api';
import { useEffect, useRef, useState } from 'react';
import { eventPath } from '../events/index.js';
import { ChoiceField } from '../forms/index.js';
import { ask } from '../http/index.js';
import { useSession } from '../session/index.js';
import { Panel, Refusal, Soft } from '../shell/index.js';
import { words } from '../show-words/index.js';

const scenes = Scenes.options;

/** Which scene a key asks for, where nobody writes. */
export function sceneOfKey(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'repeat'>,
  isWriting: boolean,
): Scene | undefined {
  if (isWriting || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return undefined;
  return /^[1-9]$/.test(event.key) ? scenes[Number(event.key) - 1] : undefined;
}

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');

/** What all screens of the event show: by a press or a key. */
export function Direction({ view, show }: { readonly view: RaceEventView; readonly show: EventShow | null }) {
  const { token } = useSession();
  const [refusal, setRefusal] = useState<string | null>(null);
  const direct = async (scene: Scene, race: RaceId | null) => {
    setRefusal(null);
    try {
      await ask(`${eventPath(view.event)}/show`, { method: 'PUT', token, body: { scene, race } });
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : words.common.theControllerDoesNotAnswer);
    }
  };
  const latest = useRef({ direct, race: show?.race ?? null });
  useEffect(() => {
    latest.current = { direct, race: show?.race ?? null };
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const scene = sceneOfKey(event, isWriting(event.target));
      if (scene === undefined) return;
      event.preventDefault();
      void latest.current.direct(scene, latest.current.race);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
  const races = view.races.filter(({ kind }) => kind !== 'online');
  const now = show?.scene ?? 'auto';
  return (
    <Panel title={words.show.scenes}>
      <Group gap="xs">
        {scenes.map((scene, index) => (
          <Button
            key={scene}
            variant="default"
            size="xs"
            aria-pressed={scene === now}
            aria-keyshortcuts={String(index + 1)}
            onClick={() => void direct(scene, show?.race ?? null)}
          >
            {index + 1} {words.show.sceneNames[scene]}
          </Button>
        ))}
      </Group>
      {races.length < 2 ? null : (
        <ChoiceField
          label={words.show.race}
          value={show?.race ?? ''}
          options={[['', words.show.theOneThatIsOn], ...races.map(({ race, name }) => [race, name] as const)]}
          onValue={(race) => void direct(now, race === '' ? null : (race as RaceId))}
        />
      )}
      <div role="status">
        <Soft>{words.show.showsNow(words.show.sceneNames[now])}</Soft>
      </div>
      <Soft>{words.show.sceneKeys}</Soft>
      <Refusal>{refusal}</Refusal>
    </Panel>
  );
}
