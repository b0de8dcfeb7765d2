import { parse } from '@pitwall/protocol';
import { type OnlineRace, Submission } from '@pitwall/protocol/api';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { forms, modelFiles, modelNameOf } from '../forms/index.js';
import { ask } from '../http/index.js';
import { useCredentials } from '../visitor/index.js';
import styles from './online.module.css';
import { merged } from './submission-list.js';
import { useAction } from './use-action.js';
import { keys, racePath, useModels } from './use-online.js';

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
const nameOf = (file: string): string => modelNameOf(file).slice(0, 200) || 'model';

/** Uploads a model or chooses one that was submitted before. */
export function SubmitForm({ race }: { readonly race: OnlineRace }) {
  const who = useCredentials(race.race);
  const queries = useQueryClient();
  const models = useModels(true).data ?? [];
  const { busy, error, run } = useAction();
  const picker = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | null>(null);
  const [earlier, setEarlier] = useState('');
  const [over, setOver] = useState(false);
  const left = race.submissionsLeft;
  const closed = race.phase !== 'open' || left === 0;
  const known = models.find(({ hash }) => hash === earlier);

  const send = (event: FormEvent) => {
    event.preventDefault();
    void run(async () => {
      const path = `${racePath(race.race)}/submissions`;
      const answer =
        file === null
          ? await ask(path, { ...who, method: 'POST', body: { model: earlier, ...(known && { name: known.name }) } })
          : await ask(`${path}?name=${encodeURIComponent(nameOf(file.name))}`, { ...who, method: 'POST', body: file });
      const submission = parse(Submission, await answer.json(), 'The submission');
      queries.setQueryData<readonly Submission[]>(keys.submissions(who, race.race), (held) =>
        merged(held ?? [], [submission]),
      );
      setFile(null);
      setEarlier('');
      if (picker.current !== null) picker.current.value = '';
      await Promise.all([
        queries.invalidateQueries({ queryKey: keys.race(who, race.race) }),
        queries.invalidateQueries({ queryKey: keys.models({ token: who.token }) }),
      ]);
    });
  };

  return (
    <form className={`${forms.fields} ${styles.fields}`} onSubmit={send}>
      <fieldset
        className={styles.drop}
        {...(over ? { 'data-over': true } : {})}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          setFile(event.dataTransfer.files[0] ?? null);
        }}
      >
        <legend>Submit a model</legend>
        <label className={styles.wide}>
          {file === null ? 'The archive, as your training gave it' : `${file.name}, ${megabytes(file.size)}`}
          <input
            ref={picker}
            type="file"
            accept={modelFiles}
            disabled={closed}
            onChange={({ target }) => {
              setFile(target.files?.[0] ?? null);
              setEarlier('');
            }}
          />
        </label>
        {models.length === 0 ? null : (
          <label className={styles.wide}>
            or one that you submitted before
            <select
              value={earlier}
              disabled={closed}
              onChange={({ target }) => {
                setEarlier(target.value);
                setFile(null);
              }}
            >
              <option value="">–</option>
              {models.map(({ hash, name }) => (
                <option key={hash} value={hash}>
                  {name} ({hash.slice(0, 8)})
                </option>
              ))}
            </select>
          </label>
        )}
        <div className={`${forms.choices} ${styles.wide}`}>
          <button
            type="submit"
            className={forms.primary}
            disabled={busy || closed || (file === null && earlier === '')}
          >
            {busy ? 'Sending …' : 'Submit'}
          </button>
          <span className={forms.soft} data-testid="quota">
            {left === null ? 'as often as you like' : `${left} of ${race.setup.quota.submissions} submissions left`}
          </span>
        </div>
        {race.phase === 'upcoming' ? <p className={`${forms.soft} ${styles.wide}`}>It is not open yet.</p> : null}
      </fieldset>
      {error === null ? null : (
        <p className={styles.refused} role="alert">
          {error}
        </p>
      )}
    </form>
  );
}
