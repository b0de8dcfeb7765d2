import type { MouseEvent } from 'react';
import { StopBar } from '../forms/index.js';
import { type Action, type ActionId, keys } from './actions.js';
import styles from './marshal.module.css';

const keyNames: Readonly<Record<string, string>> = { ' ': 'Space', enter: 'Enter' };
const keyName = (id: ActionId): string => keyNames[keys[id]] ?? keys[id].toUpperCase();

/** After a click the focus goes back to the page, so that the space bar stamps a crossing and does not press again. */
const release = ({ detail, currentTarget }: MouseEvent<HTMLElement>): void => {
  if (detail > 0) currentTarget.blur();
};

interface PadProps {
  readonly actions: readonly Action[];
  readonly onAction: (id: ActionId) => void;
}

/** Every action as a button with its key on it. */
export function ActionPad({ actions, onAction }: PadProps) {
  return (
    <div className={styles.pad}>
      {actions
        .filter(({ id }) => id !== 'e-stop')
        .map(({ id, label, detail, commands }) => (
          <button
            key={id}
            type="button"
            data-action={id}
            className={styles.action}
            disabled={commands === null}
            aria-keyshortcuts={keyName(id)}
            onClick={(event) => {
              release(event);
              onAction(id);
            }}
          >
            <span>
              {label}
              {detail === null ? null : <small>{detail}</small>}
            </span>
            <kbd>{keyName(id)}</kbd>
          </button>
        ))}
    </div>
  );
}

export function StopButton({ action, onAction }: { readonly action: Action; readonly onAction: PadProps['onAction'] }) {
  return (
    <StopBar keys="E F9" disabled={action.commands === null} onStop={() => onAction('e-stop')}>
      {action.commands === null ? 'no car is known' : `car ${action.detail} · E, F9`}
    </StopBar>
  );
}
