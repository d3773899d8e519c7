import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { complexityOf, PlimsollError, type RequestTraits } from '@plimsoll/core';

/** What an expression may name, as people write it. */
export const expressionNames: readonly string[] = [
  'complexity',
  'header("x-name")',
  'metadata.name',
  'request.images',
  'request.operation',
  'request.region',
  'request.stream',
  'request.tools',
  'request.turns',
  'size.maxOutputTokens',
  'size.tokens',
];

/**
 * Compiles a condition of a rule, such as `size.tokens > 20000 || request.images > 0`, to a function.
 *
 * The language is CEL (Common Expression Language, cel.dev): typed, without loops, assignments or a way to anything but
 * the names in `expressionNames`. What a request does not have is empty: a number is 0, a text `""`, `request.stream`
 * false. Metadata are texts; `int(metadata.age) > 17` compares one as a number.
 *
 * The function throws when a value cannot be what the expression takes it for, such as `int("old")`.
 *
 * @throws `PlimsollError` `ERR_PLIMSOLL_OPTION` for anything but a condition, with its place in the source.
 */
export function compileExpression(source: string): (request: RequestTraits) => boolean {
  let current: RequestTraits = {};
  const environment = names
    .clone()
    .registerFunction(
      'header(string): string',
      (name: string) => current.header?.(name.toLowerCase()) ?? '',
    );
  const condition = attempt(source, () => environment.parse(source));
  refuseHas(source, condition.ast);
  const { valid, type, error } = condition.check();
  if (!valid) throw expressionError(source, error);
  if (type !== 'bool') {
    const message = `is ${type}, not true or false`;
    throw expressionError(source, { message, range: condition.ast.range });
  }
  return (request) => {
    const outer = current;
    current = request;
    try {
      return condition(new Scope(request)) as boolean;
    } finally {
      current = outer;
    }
  };
}

/** What the names stand for; read only where an expression uses them. */
class Scope {
  readonly #request: RequestTraits;

  constructor(request: RequestTraits) {
    this.#request = request;
  }

  get complexity(): number {
    return complexityOf(this.#request);
  }

  get metadata(): MetadataScope {
    return new MetadataScope(Object.entries(this.#request.metadata ?? {}));
  }

  get request(): RequestScope {
    return new RequestScope(this.#request);
  }

  get size(): SizeScope {
    return new SizeScope(this.#request);
  }
}

class RequestScope {
  readonly #request: RequestTraits;

  constructor(request: RequestTraits) {
    this.#request = request;
  }

  get images(): bigint {
    return integer(this.#request.images);
  }

  get operation(): string {
    return this.#request.operation ?? '';
  }

  get region(): string {
    return this.#request.region ?? '';
  }

  get stream(): boolean {
    return this.#request.isStream ?? false;
  }

  get tools(): bigint {
    return integer(this.#request.tools);
  }

  get turns(): bigint {
    return integer(this.#request.turns);
  }
}

class SizeScope {
  readonly #request: RequestTraits;

  constructor(request: RequestTraits) {
    this.#request = request;
  }

  get maxOutputTokens(): bigint {
    return integer(this.#request.maxOutputTokens);
  }

  get tokens(): bigint {
    return integer(this.#request.inputTokens);
  }
}

/** A map, so that no key reaches a prototype. */
class MetadataScope extends Map<string, string> {
  override get(key: string): string {
    return super.get(key) ?? '';
  }
}

/** CEL's integers are bigints; an estimate may have a fraction. */
function integer(value: number | undefined): bigint {
  return BigInt(Math.ceil(value ?? 0));
}

const names = new Environment({ limits: { maxAstNodes: 1000 } })
  .registerType('Metadata', { ctor: MetadataScope })
  .registerType('Request', {
    ctor: RequestScope,
    fields: {
      images: 'int',
      operation: 'string',
      region: 'string',
      stream: 'bool',
      tools: 'int',
      turns: 'int',
    },
  })
  .registerType('Size', { ctor: SizeScope, fields: { maxOutputTokens: 'int', tokens: 'int' } })
  .registerVariable('complexity', 'double')
  .registerVariable('metadata', 'Metadata')
  .registerVariable('request', 'Request')
  .registerVariable('size', 'Size');

/** What is missing reads as empty, so `has` would always be true. */
function refuseHas(source: string, node: ASTNode): void {
  if (node.op === 'call' && node.args[0] === 'has') {
    const message = 'has() is always true, as what is missing is empty: compare with "" or 0';
    throw expressionError(source, { message, range: node.range });
  }
  for (const part of [node.args].flat(3)) {
    if (typeof part === 'object' && part !== null && 'op' in part) refuseHas(source, part);
  }
}

function attempt<T>(source: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw expressionError(source, error);
  }
}

/** Why an expression is refused, and where: what the library's errors and ours have in common. */
interface Fault {
  readonly message: string;
  /** The message without a picture of the place. */
  readonly summary?: string;
  readonly range?: { readonly start: number };
}

function expressionError(source: string, cause: unknown): PlimsollError {
  const { message, summary = message, range } = cause as Fault;
  const place = range === undefined ? '' : ` at character ${range.start + 1}`;
  return new PlimsollError(
    'ERR_PLIMSOLL_OPTION',
    `expression ${JSON.stringify(source)}${place}: ${summary}; the names are ${expressionNames.join(', ')}`,
    { cause },
  );
}
