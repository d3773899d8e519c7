/** Keys and indexes from the top of the file down to a value. */
export type Path = readonly (string | number)[];

/** Something about a configuration that a person should know, and where it is. */
export interface Problem {
  /** As the file was named when it was loaded. */
  readonly file: string;
  /** From 1; absent where the configuration is no text, but made by a program. */
  readonly line?: number | undefined;
  /** From 1; absent where `line` is. */
  readonly column?: number | undefined;
  /** `pools.chat.targets[0]`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** The problem on one line, in the form editors and terminals link: `plimsoll.yaml:7:5: pools.chat: message`. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, path, message } = problem;
  const place = line === undefined ? file : `${file}:${line}:${column}`;
  return `${place}: ${path === '' ? '' : `${path}: `}${message}`;
}

/** A path as people write it: `pools["gpt-*"].targets[0]`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w-]+$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}
