import { type ChangeEvent, useState } from 'react';
import { forms, modelFiles, StopAllButton } from '../forms/index.js';
import { Note, Panel } from '../shell/index.js';
import { useAccount, useToken } from '../visitor/index.js';
import { CarPanel } from './car-panel.js';
import { ForCrew } from './for-crew.js';
import styles from './garage.module.css';
import { StopAllSheet } from './stop-all-sheet.js';
import { upload, useCars, useModels } from './use-garage.js';
import { useStopAll } from './use-stop-all.js';

/** Where the pit crew looks after cars and their models. */
export default function CarsPage() {
  const { token } = useToken();
  const { data: account } = useAccount(token);
  const { data: cars, error } = useCars();
  const { data: models = [] } = useModels();
  const stopAll = useStopAll(token);
  if (cars === undefined)
    return error === null ? (
      <Note title="One moment …" />
    ) : (
      <Note title="The cars cannot be read.">{error.message}</Note>
    );
  const mayPress = account?.may.includes('crew') === true;
  return (
    <div className={styles.page}>
      <h1>Cars</h1>
      {mayPress && cars.length > 0 ? <StopAllButton onStopAll={stopAll.press} /> : null}
      {mayPress && stopAll.shown !== null ? (
        <StopAllSheet shown={stopAll.shown} onAgain={stopAll.press} onDismiss={stopAll.dismiss} />
      ) : null}
      {cars.length === 0 ? (
        <Note title="No car was heard yet.">A car’s agent says that it is there when it starts.</Note>
      ) : (
        <div className={styles.cars}>
          {cars.map((about) => (
            <CarPanel key={about.car} about={about} models={models} token={mayPress ? token : null} />
          ))}
        </div>
      )}
      {mayPress && token !== null ? (
        <Upload token={token} />
      ) : (
        <Panel title="Pit crew">
          <ForCrew>{() => null}</ForCrew>
        </Panel>
      )}
      <Panel title="Models" aside={`${models.length} uploaded`}>
        <ul className={forms.rows}>
          {models.map(({ hash, name, bytes, uploadedBy }) => (
            <li key={hash}>
              <b>{name}</b>
              <span className={`${forms.grow} ${forms.soft}`}>
                {hash.slice(0, 8)} · {(bytes / 2 ** 20).toFixed(1)} MB · {uploadedBy}
              </span>
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}

function Upload({ token }: { readonly token: string }) {
  const [said, setSaid] = useState('');
  const { refetch } = useModels();
  const take = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    for (const file of target.files ?? []) {
      setSaid(`${file.name} is on its way …`);
      try {
        const { name } = await upload(file, token);
        setSaid(`${name} is here.`);
      } catch (error) {
        setSaid(`${file.name}: ${(error as Error).message}`);
      }
    }
    target.value = '';
    await refetch();
  };
  return (
    <Panel title="Upload">
      <label className={forms.inline}>
        A racer’s archive (.tar.gz, .tar, .zip) or network (.onnx, .tflite)
        <input type="file" accept={modelFiles} multiple onChange={(event) => void take(event)} />
      </label>
      <p role="status">{said}</p>
    </Panel>
  );
}
