import { formatPath, type Path, type Problem } from './problem.ts';
import type { Source } from './source.ts';

/** Deeper data is none that a person wrote: most often it holds itself. */
const MAX_DEPTH = 100;

/** A configuration that a program made. */
export class ObjectSource implements Source {
  readonly #value: unknown;
  readonly #file: string;

  constructor(value: unknown, file: string) {
    this.#value = value;
    this.#file = file;
  }

  read(): { readonly data: unknown } | { readonly problem: Problem } {
    const path = tooDeep(this.#value, []);
    if (path === undefined) return { data: this.#value };
    return { problem: this.problem(path.slice(0, 5), 'is nested too deep: does it hold itself?') };
  }

  problem(path: Path, message: string): Problem {
    return { file: this.#file, path: formatPath(path), message };
  }
}

function tooDeep(value: unknown, path: Path): Path | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (path.length === MAX_DEPTH) return path;
  for (const [key, inner] of Object.entries(value)) {
    const found = tooDeep(inner, [...path, Array.isArray(value) ? Number(key) : key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
