import { compile } from './compile.ts';
import { type Complaint, complaints } from './complaints.ts';
import type { Config } from './config.ts';
import { type Environment, type Substituted, substitute } from './environment.ts';
import { foreignConfig } from './foreign-config.ts';
import { placedTargets } from './placed-targets.ts';
import { formatPath, type Path, type Problem } from './problem.ts';
import { relations } from './relations.ts';
import { priced } from './price-table.ts';
import { type FileConfig, fileSchema } from './schema.ts';
import { ObjectSource } from './object-source.ts';
import { type Source, TextSource } from './source.ts';
import { strategyComplaints } from './strategy-tree.ts';

/** Options of `loadConfig`. */
export interface LoadOptions {
  /** Where `${NAME}` is looked up. */
  readonly env: Environment;
  /** The file's name, for messages. */
  readonly file: string;
}

/** What came of a configuration's text. */
export interface Loaded {
  /** Present when there are no errors. */
  readonly config: Config | undefined;
  /** In the order of the file. */
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** A problem that was found later, such as an option that a strategy refuses, at the place of its cause. */
  problem(path: Path, message: string): Problem;
  /** Where the target with this id stands. */
  targetPath(id: string): Path;
}

/** Reads a configuration: YAML, and so JSON too. Throws nothing: whatever is wrong is in `errors`. */
export function loadConfig(text: string, options: LoadOptions): Loaded {
  return load(new TextSource(text, options.file), options.env);
}

/**
 * Reads a configuration that a program made, such as the default export of a module: an object with the keys of the file.
 * As `loadConfig`, but problems have paths only, no lines.
 */
export function loadConfigObject(value: unknown, options: LoadOptions): Loaded {
  return load(new ObjectSource(value, options.file), options.env);
}

function load(source: Source, env: Environment): Loaded {
  const later = { problem: (path: Path, message: string) => source.problem(path, message) };
  const fail = (errors: readonly Problem[], warnings: readonly Problem[] = []): Loaded => ({
    config: undefined,
    errors,
    warnings,
    targetPath: () => [],
    ...later,
  });

  const read = source.read();
  if ('problem' in read) return fail([read.problem]);
  const foreign = foreignConfig(read.data);
  if (foreign !== undefined) return fail([source.problem(foreign.path, foreign.message)]);
  const substituted = substitute(read.data ?? {}, env);
  const locate = ({ path, message, isKey }: Complaint): Problem =>
    source.problem(path, message, isKey === true ? 'key' : 'value');
  const inOrder = (found: readonly Complaint[]): Problem[] =>
    found.map(locate).sort((a, b) => from(a.line, b.line) || from(a.column, b.column));

  const checked = check(substituted);
  // A value whose variable is missing is wrong in more ways than one; the first says it all.
  const unset = new Set(substituted.errors.map(({ path }) => formatPath(path)));
  const wrong = checked.errors.filter(({ path }) => !unset.has(formatPath(path)));
  const errors = [...substituted.errors, ...wrong];
  if (errors.length > 0 || checked.file === undefined) return fail(inOrder(errors));

  const related = relations(checked.file);
  const warnings = inOrder(related.warnings);
  if (related.errors.length > 0) return fail(inOrder(related.errors), warnings);
  const paths = new Map(placedTargets(checked.file).map(({ target, path }) => [target.id, path]));
  return {
    config: compile(checked.file),
    errors: [],
    warnings,
    targetPath: (id) => paths.get(id) ?? [],
    ...later,
  };
}

/** How much further down `a` is; those without a place stay in the order they were found. */
function from(a = 0, b = 0): number {
  return a - b;
}

function check(substituted: Substituted): { file?: FileConfig; errors: readonly Complaint[] } {
  const { written } = substituted;
  const first = parse(substituted.data, written);
  if (first.errors.length === 0 || written.size === 0) return first;
  // Variables hold text only; where the schema wants something else it is read as YAML would read it.
  const wrong = new Set(first.errors.map(({ path }) => formatPath(path)));
  return parse(retyped(substituted.data, written, wrong), written);
}

function parse(
  data: unknown,
  written: ReadonlyMap<string, string>,
): { file?: FileConfig; errors: readonly Complaint[] } {
  const result = fileSchema.safeParse(data);
  if (!result.success) return { errors: complaints(result.error.issues, data, written) };
  const errors = Object.entries(result.data.pools).flatMap(([name, { strategy }]) => {
    if (strategy === undefined) return [];
    return strategyComplaints({ strategy, path: ['pools', name, 'strategy'] }, data, written);
  });
  return errors.length > 0 ? { errors } : { file: priced(result.data), errors: [] };
}

/** `data` with the texts of variables at `paths` turned into the numbers and booleans they spell. */
function retyped(
  data: unknown,
  written: ReadonlyMap<string, string>,
  paths: ReadonlySet<string>,
  path: Path = [],
): unknown {
  if (Array.isArray(data))
    return data.map((item, index) => retyped(item, written, paths, [...path, index]));
  if (typeof data === 'object' && data !== null) {
    return Object.fromEntries(
      Object.entries(data).map(([key, item]) => [
        key,
        retyped(item, written, paths, [...path, key]),
      ]),
    );
  }
  const at = formatPath(path);
  if (typeof data !== 'string' || !written.has(at) || !paths.has(at)) return data;
  if (data === 'true' || data === 'false') return data === 'true';
  return data.trim() !== '' && Number.isFinite(Number(data)) ? Number(data) : data;
}
