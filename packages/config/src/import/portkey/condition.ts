import { compileExpression } from '../../expression.ts';
import { isMapping } from '../source-fields.ts';

/** What a condition is for the requests of one pool: settled by the pool's name, or a condition of a rule. */
export type Condition = boolean | string;

/** A condition of Portkey that no rule can say. */
export class Inexpressible extends Error {}

/** The names of models that `query` compares `params.model` with. */
export function modelsIn(query: unknown): string[] {
  if (!isMapping(query)) return [];
  return Object.entries(query).flatMap(([key, value]): string[] => {
    if (key === '$and' || key === '$or') return Array.isArray(value) ? value.flatMap(modelsIn) : [];
    if (key !== 'params.model') return [];
    if (typeof value === 'string') return [value];
    if (!isMapping(value)) return [];
    const compared = value as Record<string, unknown>;
    return ['$eq', '$ne', '$in', '$nin']
      .flatMap((operator) => [compared[operator] ?? []].flat())
      .filter((name) => typeof name === 'string');
  });
}

/**
 * A query of Portkey as a condition over the requests of a pool.
 *
 * @param model - the name they ask for; undefined for all names that no query compares with.
 * @throws Inexpressible
 */
export function conditionOf(query: unknown, model: string | undefined): Condition {
  if (!isMapping(query)) throw new Inexpressible('is no mapping');
  let all: Condition = true;
  for (const [key, value] of Object.entries(query)) {
    // Portkey looks at nothing that comes after the parts of an `$or` or `$and`.
    if (key === '$or' || key === '$and') {
      if (!Array.isArray(value)) throw new Inexpressible(`${key} is no list`);
      const parts = value.map((part) => conditionOf(part, model));
      return and(all, key === '$or' ? parts.reduce(or, false) : parts.reduce(and, true));
    }
    all = and(all, compared(key, value, model));
  }
  return all;
}

function compared(key: string, value: unknown, model: string | undefined): Condition {
  const operators = isMapping(value) ? Object.entries(value) : [['$eq', value] as const];
  return operators
    .map(([operator, operand]) =>
      key === 'params.model' ? settled(operator, operand, model) : said(key, operator, operand),
    )
    .reduce(and, true);
}

function settled(operator: string, operand: unknown, model: string | undefined): boolean {
  switch (operator) {
    case '$eq':
      return model === operand;
    case '$ne':
      return model !== operand;
    case '$in':
      return Array.isArray(operand) && operand.includes(model);
    case '$nin':
      return Array.isArray(operand) && !operand.includes(model);
    default:
      throw new Inexpressible(
        `${operator} of params.model has no counterpart: pools are chosen by name`,
      );
  }
}

const comparisons: Readonly<Record<string, string>> = {
  $gt: '>',
  $gte: '>=',
  $lt: '<',
  $lte: '<=',
};

function said(key: string, operator: string, operand: unknown): string {
  const { expression, isNumber, isFlag } = subject(key);
  const value = (one: unknown): string => {
    if (isNumber && typeof one === 'number' && Number.isInteger(one)) return String(one);
    if (isFlag && typeof one === 'boolean') return String(one);
    if (!isNumber && !isFlag && typeof one === 'string') return JSON.stringify(one);
    throw new Inexpressible(`${key} is compared with a value it never has`);
  };
  const text = ((): string => {
    switch (operator) {
      case '$eq':
        return `${expression} == ${value(operand)}`;
      case '$ne':
        return `${expression} != ${value(operand)}`;
      case '$in':
      case '$nin': {
        if (!Array.isArray(operand)) throw new Inexpressible(`${operator} is no list`);
        const list = `${expression} in [${operand.map(value).join(', ')}]`;
        return operator === '$in' ? list : `!(${list})`;
      }
      case '$regex':
        if (typeof operand !== 'string' || isNumber || isFlag)
          throw new Inexpressible('$regex is no text');
        return `${expression}.matches(${JSON.stringify(operand)})`;
      default: {
        const sign = Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
        const number = Number.parseFloat(String(operand));
        if (sign === undefined) throw new Inexpressible(`${operator} is not known`);
        if (Number.isNaN(number) || isFlag) throw new Inexpressible(`${operator} is no number`);
        // What a request does not state is smaller than nothing in Portkey, and 0 here.
        if (isNumber) return `${expression} > 0 && ${expression} ${sign} ${Math.trunc(number)}`;
        const double = Number.isInteger(number) ? `${number}.0` : String(number);
        return `double(${expression}) ${sign} ${double}`;
      }
    }
  })();
  try {
    compileExpression(text);
  } catch {
    throw new Inexpressible(`"${operator}" of ${key} cannot be said in a rule`);
  }
  return text;
}

function subject(key: string): { expression: string; isNumber?: boolean; isFlag?: boolean } {
  const [scope, name] = key.split('.') as [string, string | undefined];
  if (scope === 'metadata' && name !== undefined) {
    return {
      expression: /^[A-Za-z_]\w*$/.test(name)
        ? `metadata.${name}`
        : `metadata[${JSON.stringify(name)}]`,
    };
  }
  if (key === 'params.max_tokens' || key === 'params.max_completion_tokens') {
    return { expression: 'size.maxOutputTokens', isNumber: true };
  }
  if (key === 'params.stream') return { expression: 'request.stream', isFlag: true };
  throw new Inexpressible(`rules do not see ${key}`);
}

function and(a: Condition, b: Condition): Condition {
  if (a === false || b === false) return false;
  if (a === true) return b;
  return b === true ? a : `${grouped(a)} && ${grouped(b)}`;
}

function or(a: Condition, b: Condition): Condition {
  if (a === true || b === true) return true;
  if (a === false) return b;
  return b === false ? a : `${grouped(a)} || ${grouped(b)}`;
}

/** Both conditions together. */
export function both(a: Condition, b: Condition): Condition {
  return and(a, b);
}

function grouped(expression: string): string {
  return /&&|\|\|/.test(expression) ? `(${expression})` : expression;
}
