import { Kbd } from '@mantine/core';
import { StopBar } from '../forms/index.js';
import { words } from '../staff-words/index.js';
import { type Action, type ActionId, keys } from './actions.js';
import styles from './marshal.module.css';

const keyNames: Readonly<Record<string, string>> = { ' ': 'Space', enter: 'Enter' };
const keyName = (id: ActionId): string => keyNames[keys[id]] ?? keys[id].toUpperCase();

/** These have their buttons elsewhere: the stop below the page, and what is said of laps in doubt in their list. */
const elsewhere: ReadonlySet<ActionId> = new Set(['e-stop', 'counts', 'counts-not']);

interface PadProps {
  readonly actions: readonly Action[];
  readonly onAction: (id: ActionId) => void;
}

/** What is done in a turn, as buttons with their keys on them. */
export function ActionPad({ actions, onAction }: PadProps) {
  return (
    <div className={styles.pad}>
      {actions
        .filter(({ id }) => !elsewhere.has(id))
        .map(({ id, label, detail, commands }) => (
          <button
            key={id}
            type="button"
            data-action={id}
            className={styles.action}
            disabled={commands === null}
            aria-keyshortcuts={keyName(id)}
            onClick={() => onAction(id)}
          >
            <span>
              {label}
              {detail === null ? null : <small>{detail}</small>}
            </span>
            <Kbd
              fz="0.9rem"
              flex="none"
              c="var(--ink)"
              bg="var(--panel-2)"
              bd="1px solid var(--line)"
              miw="1.7em"
              ta="center"
            >
              {keyName(id)}
            </Kbd>
          </button>
        ))}
    </div>
  );
}

interface StopProps {
  readonly action: Action;
  /** Whether the controller is heard: else nobody knows whether a stop arrives. */
  readonly isHeard: boolean;
  readonly onAction: PadProps['onAction'];
  readonly onStopAll: () => void;
}

export function StopButton({ action, isHeard, onAction, onStopAll }: StopProps) {
  const isKnown = action.commands !== null;
  return (
    <StopBar keys="E F9" byHand={!isHeard} disabled={!isKnown} onStop={() => onAction('e-stop')} onStopAll={onStopAll}>
      {isKnown ? words.marshal.carEF9(action.detail ?? '') : words.marshal.noCarIsKnown}
    </StopBar>
  );
}
