import type { Path } from '@plimsoll/config';

/** What is wrong, or doubtful, with a part of the configuration that only its plugin can judge. */
export interface Remark {
  /** A part of a pool's strategy (the whole, where `at` is absent), a target by its id, or a place in the file. */
  readonly about:
    | { readonly strategyOf: string; readonly at?: Path }
    | { readonly target: string }
    | { readonly path: Path };
  readonly message: string;
}
