import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLError,
} from 'yaml';

import { formatPath, type Path, type Problem } from './problem.ts';

/** Which place of a value is meant: the value itself, or the key it stands under. */
export type Place = 'value' | 'key';

/** Where a configuration's data comes from, and where in it a value stands. */
export interface Source {
  /** The data, or what keeps it from being read. */
  read(): { readonly data: unknown } | { readonly problem: Problem };
  /** A problem with the value at `path`, or with the nearest value around it that has a place. */
  problem(path: Path, message: string, place?: Place): Problem;
}

/** A configuration's text, parsed, with a way back from every value to its line. */
export class TextSource implements Source {
  readonly file: string;
  readonly #text: string;
  readonly #document: Document;
  readonly #lines = new LineCounter();

  constructor(text: string, file: string) {
    this.file = file;
    this.#text = text;
    this.#document = parseDocument(text, { lineCounter: this.#lines, merge: true });
  }

  /** Of all that keeps a text from being YAML the first is told: what follows it is only its echo. */
  read(): { readonly data: unknown } | { readonly problem: Problem } {
    const [error] = this.#document.errors;
    if (error !== undefined) return { problem: this.#syntaxProblem(error) };
    try {
      return { data: this.#document.toJS() };
    } catch (error) {
      // Aliases without an anchor, or so many that they would fill the memory.
      // Its name is not repeated: it may be a key that nobody quoted.
      const message =
        error instanceof ReferenceError
          ? 'an alias (*) has no anchor (&) before it; a text that begins with * must be quoted'
          : (error as Error).message;
      return { problem: this.problem([], message) };
    }
  }

  problem(path: Path, message: string, place: Place = 'value'): Problem {
    return this.#at(this.#offset(path, place), formatPath(path), message);
  }

  #syntaxProblem(error: YAMLError): Problem {
    const [offset] = error.pos;
    // The parser takes `{` for the start of a mapping wherever flow style is under way.
    if (this.#text.slice(Math.max(0, offset - 1), offset + 1) === '${') {
      const message =
        'inside { } and [ ] a reference to the environment must be quoted, as in "${NAME}": ' +
        'YAML takes its brace for the start of a mapping';
      return this.#at(offset - 1, '', message);
    }
    const [summary = error.message] = error.message.split('\n');
    const hint = aboutIndentation.test(summary)
      ? '; is this line indented like those beside it?'
      : '';
    return this.#at(offset, '', summary.replace(/ at line \d+, column \d+:?$/, '') + hint);
  }

  #offset(path: Path, place: Place): number {
    let node: unknown = this.#document.contents;
    let offset = startOf(node) ?? 0;
    for (const [depth, step] of path.entries()) {
      if (isAlias(node)) node = node.resolve(this.#document);
      let key: unknown;
      let next: unknown;
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
        key = pair?.key;
        next = pair?.value ?? pair?.key;
      } else if (isSeq(node)) {
        next = node.items[step as number];
      }
      if (next === undefined) return offset;
      const wanted = place === 'key' && depth === path.length - 1 ? key : next;
      offset = startOf(wanted) ?? offset;
      node = next;
    }
    return offset;
  }

  #at(offset: number, path: string, message: string): Problem {
    const { line, col } = this.#lines.linePos(offset);
    // An empty text has no line at all.
    return { file: this.file, line: Math.max(1, line), column: Math.max(1, col), path, message };
  }
}

/** What the parser says where most often a line has a space too many or too few. */
const aboutIndentation = /without - indicator|same column|implicit (?:map )?key/i;

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
