import type { Path } from '../problem.ts';
import type { Notes } from './difference.ts';

/**
 * A mapping of the source that remembers what was read of it: what was not is a difference, so that no key is dropped
 * silently. `null` is as good as absent, and a value of another kind than was asked for is a difference, too.
 */
export class SourceFields {
  readonly path: Path;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #notes: Notes;
  readonly #read = new Set<string>();

  constructor(values: object, path: Path, notes: Notes) {
    this.#values = values as Readonly<Record<string, unknown>>;
    this.path = path;
    this.#notes = notes;
  }

  get names(): readonly string[] {
    return Object.keys(this.#values).filter((name) => this.#value(name) !== undefined);
  }

  has(name: string): boolean {
    return this.#value(name) !== undefined;
  }

  at(name: string): Path {
    return [...this.path, name];
  }

  take(name: string): unknown {
    this.#read.add(name);
    return this.#value(name);
  }

  /** A text; a number is one, too. */
  text(name: string): string | undefined {
    const value = this.take(name);
    if (typeof value === 'number') return String(value);
    const isRight = typeof value === 'string' && value !== '';
    return this.#checked(name, value, isRight, 'a text') as string | undefined;
  }

  /** A number, or a text that spells one, of at least `min`. */
  number(name: string, min: number, accepted: string): number | undefined {
    const value = this.take(name);
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    const isRight =
      typeof number === 'number' && number >= min && number <= Number.MAX_SAFE_INTEGER;
    return this.#checked(name, number, isRight, accepted) as number | undefined;
  }

  flag(name: string): boolean | undefined {
    const value = this.take(name);
    return this.#checked(name, value, typeof value === 'boolean', 'true or false') as
      | boolean
      | undefined;
  }

  list(name: string): readonly unknown[] {
    const value = this.take(name);
    return (this.#checked(name, value, Array.isArray(value), 'a list') ?? []) as unknown[];
  }

  /** The texts of a list, or a single text. */
  texts(name: string): string[] {
    if (typeof this.#value(name) === 'string') return [this.text(name) ?? []].flat();
    return this.list(name).flatMap((item, index) => {
      if (typeof item === 'string' && item !== '') return [item];
      this.#notes.add([...this.at(name), index], 'is no text, and is left out');
      return [];
    });
  }

  fields(name: string): SourceFields | undefined {
    const value = this.take(name);
    const found = this.#checked(name, value, isMapping(value), 'a mapping') as object | undefined;
    return found && new SourceFields(found, this.at(name), this.#notes);
  }

  /** The mappings of a list. */
  allFields(name: string): SourceFields[] {
    return this.list(name).flatMap((item, index) => {
      const path = [...this.at(name), index];
      if (isMapping(item)) return [new SourceFields(item, path, this.#notes)];
      this.#notes.add(path, 'is no mapping, and is left out');
      return [];
    });
  }

  /** Reads a key that has no counterpart, and says so. */
  refuse(name: string, message: string): void {
    if (this.take(name) !== undefined) this.#notes.add(this.at(name), message);
  }

  /** Says of every key that was not read that it is left out; `why` knows some of them. */
  refuseRest(why: Readonly<Record<string, string>> = {}): void {
    for (const name of this.names) {
      if (this.#read.has(name)) continue;
      const known = Object.hasOwn(why, name) ? why[name] : undefined;
      this.refuse(name, known ?? 'is not known to the importer, and is left out');
    }
  }

  #value(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? (this.#values[name] ?? undefined) : undefined;
  }

  #checked(name: string, value: unknown, isRight: boolean, accepted: string): unknown {
    if (value === undefined) return undefined;
    if (isRight) return value;
    this.#notes.add(this.at(name), `is not ${accepted}, and is left out`);
    return undefined;
  }
}

export function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
