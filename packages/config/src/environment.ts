import { formatPath, type Path } from './problem.ts';

/** Environment variables, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The data with its references replaced. */
export interface Substituted {
  readonly data: unknown;
  /** What stood in the file, by path: messages show this, never what a variable holds. */
  readonly written: ReadonlyMap<string, string>;
  readonly errors: readonly { readonly path: Path; readonly message: string }[];
}

const reference = /\$\{([^}]*)\}?/g;
const inner = /^([A-Za-z_]\w*)(?::-(.*))?$/s;

/**
 * Replaces `${NAME}` and `${NAME:-default}` in all strings of `data`. The default is taken when the variable is unset or
 * empty, as shells do. What a variable holds is not searched again.
 */
export function substitute(data: unknown, env: Environment): Substituted {
  const written = new Map<string, string>();
  const errors: { path: Path; message: string }[] = [];

  const replace = (text: string, path: Path): string =>
    text.replace(reference, (whole, content: string) => {
      const [, name, fallback] = (whole.endsWith('}') && inner.exec(content)) || [];
      if (name === undefined) {
        errors.push({
          path,
          message: `${whole} is no reference to the environment: accepted are \${NAME} and \${NAME:-default}`,
        });
        return '';
      }
      const value = env[name];
      if (fallback !== undefined) return value === undefined || value === '' ? fallback : value;
      if (value !== undefined) return value;
      errors.push({
        path,
        message: `the environment variable ${name} is not set; set it, or give a default with \${${name}:-default}`,
      });
      return '';
    });

  const walk = (value: unknown, path: Path): unknown => {
    if (typeof value === 'string') {
      if (!value.includes('${')) return value;
      written.set(formatPath(path), value);
      return replace(value, path);
    }
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key])]),
    );
  };

  return { data: walk(data, []), written, errors };
}
