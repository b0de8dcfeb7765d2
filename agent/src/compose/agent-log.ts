import type { Recorder } from '../recorder/index.js';

/** What an agent says, line by line: on its terminal (under systemd in the journal) and, while it records, in the recording. */
export class AgentLog {
  readonly #car: string;
  #recorder: Recorder | undefined;

  constructor(car: string) {
    this.#car = car;
  }

  recordTo(recorder: Recorder | undefined): void {
    this.#recorder = recorder;
  }

  readonly say = (line: string): void => {
    console.log(`${this.#car}  ${line}`);
    this.#recorder?.said(line);
  };
}
