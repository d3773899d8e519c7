import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How long a file must stay as it is before it counts as written, in milliseconds. */
const SETTLE_MS = 200;

/**
 * Tells when a file has another content. Its folder is watched, since editors and Kubernetes put another file in its
 * place; and its content is compared, since a folder has events for many reasons.
 */
export class ConfigWatch {
  readonly #file: string;
  readonly #onChange: () => void;
  readonly #watcher: FSWatcher;
  #seen: string;
  #last: string;
  #timer: NodeJS.Timeout | undefined = undefined;

  /**
   * @param content - of the file when it was read.
   * @throws the system's error when the folder cannot be watched.
   */
  constructor(file: string, content: string, onChange: () => void) {
    this.#file = file;
    this.#onChange = onChange;
    this.#seen = content;
    this.#last = content;
    this.#watcher = watch(dirname(file), { persistent: false }, () => this.#look());
    // A folder that goes away ends the watching; the signal and the admin API still reload.
    this.#watcher.on('error', () => this.close());
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#watcher.close();
  }

  #look(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#compare();
    }, SETTLE_MS);
    this.#timer.unref();
  }

  async #compare(): Promise<void> {
    let content: string;
    try {
      content = await readFile(this.#file, 'utf8');
    } catch {
      // Between the removal of the old file and the arrival of the new one there is none.
      return;
    }
    if (content === this.#seen) return;
    if (content !== this.#last) {
      this.#last = content;
      this.#look();
      return;
    }
    this.#seen = content;
    this.#onChange();
  }
}
