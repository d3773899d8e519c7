/** What a text has to begin with to be joined to another, and what is to be left out of it. */
export interface SeamOptions {
  /** Left out of the new text, which may begin with it. */
  readonly repeated: string;
  /** Whether the new text must begin with `repeated`, or else cannot be joined. */
  readonly isRequired: boolean;
  /** Left out behind that, as far as it is there. */
  readonly optional: string;
}

/** Joins a text that comes in pieces to one that is there already: tells what of each piece is new. */
export class Seam {
  readonly #options: SeamOptions;
  /** How many characters of `repeated` have come. */
  #matched = 0;
  #isPastRepeated: boolean;
  #optional: string;

  constructor(options: SeamOptions) {
    this.#options = options;
    this.#isPastRepeated = options.repeated === '';
    this.#optional = options.optional;
  }

  /** What of `piece` is new; `undefined` if the two texts cannot be joined. */
  take(piece: string): string | undefined {
    if (this.#isPastRepeated) return this.#withoutOptional(piece);
    const { repeated, isRequired } = this.#options;
    const common = commonLength(repeated, this.#matched, piece);
    const matched = this.#matched + common;
    if (matched < repeated.length) {
      if (common === piece.length) {
        this.#matched = matched;
        return '';
      }
      if (isRequired) return undefined;
      this.#isPastRepeated = true;
      return this.#withoutOptional(repeated.slice(0, this.#matched) + piece);
    }
    this.#isPastRepeated = true;
    return this.#withoutOptional(piece.slice(common));
  }

  /** What is new when nothing more comes; `undefined` if the two texts cannot be joined. */
  end(): string | undefined {
    if (this.#isPastRepeated) return '';
    this.#isPastRepeated = true;
    const { repeated, isRequired } = this.#options;
    return isRequired ? undefined : this.#withoutOptional(repeated.slice(0, this.#matched));
  }

  #withoutOptional(piece: string): string {
    if (this.#optional === '' || piece === '') return piece;
    const common = commonLength(this.#optional, 0, piece);
    this.#optional = common === piece.length ? this.#optional.slice(common) : '';
    return piece.slice(common);
  }
}

/** How many characters of `piece` are those of `text` from `from` on. */
function commonLength(text: string, from: number, piece: string): number {
  const most = Math.min(text.length - from, piece.length);
  let length = 0;
  while (length < most && text.charCodeAt(from + length) === piece.charCodeAt(length)) length++;
  return length;
}
