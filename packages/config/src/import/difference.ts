import { formatPath, type Path } from '../problem.ts';

/** A place where an imported configuration does not mean what its source meant. */
export interface Difference {
  /** Where in the source; empty for the source as a whole. */
  readonly path: string;
  /** What differs, and what is done instead. */
  readonly message: string;
}

/** What came of a configuration of another program. */
export interface Imported {
  /** The configuration as YAML; undefined when nothing of the source could be taken over. */
  readonly yaml: string | undefined;
  /** In the order they were found. */
  readonly differences: readonly Difference[];
}

/** The difference on one line: `router_settings.timeout: holds for all attempts together`. */
export function formatDifference({ path, message }: Difference): string {
  return path === '' ? message : `${path}: ${message}`;
}

/** A difference, and the place in the result that a comment about it belongs to: a path, or the id of a target. */
export interface Note extends Difference {
  readonly about: Path | string | undefined;
}

/** Collects what differs, each once however often it is found. */
export class Notes {
  readonly all: Note[] = [];
  readonly #lines = new Set<string>();

  /**
   * @param path - where in the source.
   * @param about - where in the result, if something there means something else.
   */
  add(path: Path, message: string, about?: Path | string): void {
    const note = { path: formatPath(path), message, about };
    const line = formatDifference(note);
    if (this.#lines.has(line)) return;
    this.#lines.add(line);
    this.all.push(note);
  }
}
