import type { RequestTraits } from '@plimsoll/core';
import { describe, expect, test } from 'vitest';

import { compileExpression, expressionNames } from '../src/expression.ts';

const names =
  'the names are complexity, header("x-name"), metadata.name, request.images, request.operation, request.region, ' +
  'request.stream, request.tools, request.turns, size.maxOutputTokens, size.tokens';

const request: RequestTraits = {
  inputTokens: 25_000.5,
  maxOutputTokens: 500,
  turns: 4,
  tools: 2,
  images: 0,
  isStream: true,
  operation: 'chat',
  region: 'eu-west-1',
  complexity: 0.7,
  metadata: { plan: 'gold', age: '21', 'cost-centre': 'r&d' },
  header: (name) => (name === 'x-team' ? 'search' : undefined),
};

describe('compileExpression', () => {
  test.each([
    ['size.tokens > 20000 || request.images > 0', true],
    ['size.tokens == 25001', true],
    ['size.tokens > 2.6e4', false],
    ['size.maxOutputTokens <= 500 && request.turns >= 4', true],
    ['request.tools == 0', false],
    ['request.stream && request.operation == "chat"', true],
    ["request.region.startsWith('eu-')", true],
    ['request.region in ["us-east-1", "us-west-2"]', false],
    ['request.region.matches("^eu-(west|central)-[0-9]$")', true],
    ['complexity > 0.5 ? request.tools > 1 : true', true],
    ['metadata.plan == "gold"', true],
    ['metadata["cost-centre"] == "r&d"', true],
    ['int(metadata.age) > 17', true],
    ['header("X-Team") == "search"', true],
    ['!(header("x-other") != "")', true],
  ])('%s is %s', (source, expected) => {
    expect(compileExpression(source)(request)).toBe(expected);
  });

  test.each([
    'size.tokens == 0 && size.maxOutputTokens == 0',
    'request.turns == 0 && request.tools == 0 && request.images == 0',
    '!request.stream && request.operation == "" && request.region == ""',
    'metadata.plan == "" && metadata.plan != "gold"',
    'header("x-team") == ""',
    'complexity == 0.0',
  ])('of an empty request %s holds', (source) => {
    expect(compileExpression(source)({})).toBe(true);
  });

  test('a complexity that the caller did not state is computed', () => {
    expect(compileExpression('complexity > 0.24 && complexity < 0.26')({ inputTokens: 2000 })).toBe(
      true,
    );
  });

  test('a header is that of the request that is asked about, also while another one is', () => {
    const isTwice = compileExpression('header("a") == "yes" && header("b") == "yes"');
    const inner: RequestTraits = { header: () => 'yes' };
    const outer: RequestTraits = { header: () => (isTwice(inner) ? 'yes' : 'no') };
    expect(isTwice(outer)).toBe(true);
    expect(isTwice({})).toBe(false);
  });

  test('reaches no prototype', () => {
    const metadata = JSON.parse('{ "__proto__": "own" }') as Record<string, string>;
    expect(compileExpression('metadata.__proto__ == "own"')({ metadata })).toBe(true);
    expect(compileExpression('metadata.__proto__ == ""')({ metadata: {} })).toBe(true);
    expect(compileExpression('metadata.constructor == ""')({ metadata: {} })).toBe(true);
    for (const source of [
      'request.constructor == request',
      'size.__proto__ == size',
      'metadata.get("plan") == ""',
    ]) {
      expect(() => compileExpression(source)).toThrow(`expression ${JSON.stringify(source)} at`);
    }
  });

  test('throws when a value cannot be what it is taken for', () => {
    const isAdult = compileExpression('int(metadata.age) > 17');
    expect(() => isAdult({ metadata: { age: 'old' } })).toThrow('cannot convert to int');
  });

  test.each([
    ['size.tokns > 1', 'at character 6: No such key: tokns'],
    ['requst.turns > 1', 'at character 1: Unknown variable: requst'],
    ['request.turns', 'at character 1: is int, not true or false'],
    ['request.turns > "3"', 'at character 1: no such overload: int > string'],
    ['size.tokens = 3', 'at character 13: Unexpected character: ='],
    ['size.tokens >', 'at character 14: Unexpected token: EOF'],
    ['header(1) == ""', "at character 1: found no matching overload for 'header(int)'"],
    ['', 'at character 1: Unexpected token: EOF'],
    [
      'request.tools > 0 && has(metadata.plan)',
      'at character 22: has() is always true, as what is missing is empty: compare with "" or 0',
    ],
    [
      '[1].exists(x, has(metadata.plan))',
      'at character 15: has() is always true, as what is missing is empty: compare with "" or 0',
    ],
    [
      'size.tokens > 0 ? has(metadata.a) : true',
      'at character 19: has() is always true, as what is missing is empty: compare with "" or 0',
    ],
    ['eval("1") == 1', "at character 1: found no matching overload for 'eval(string)'"],
  ])('refuses %j %s', (source, problem) => {
    expect(() => compileExpression(source)).toThrow(
      expect.objectContaining({
        code: 'ERR_PLIMSOLL_OPTION',
        message: `expression ${JSON.stringify(source)} ${problem}; ${names}`,
      }),
    );
  });

  test('refuses an expression that is far too long', () => {
    const source = Array.from({ length: 600 }, () => 'request.stream').join(' || ');
    expect(() => compileExpression(source)).toThrow('maxAstNodes');
  });
});

test('every name in the list is one that an expression may use', () => {
  for (const name of expressionNames) {
    expect(() => compileExpression(`[${name}].size() == 1`)).not.toThrow();
  }
});
