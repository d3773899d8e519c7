import { brownOut, failures, hang, lowerLimit, outage, throttling } from '@plimsoll/simulator';
import { describe, expect, it } from 'vitest';

import { readFault } from '../src/simulate/fault-text.ts';

const read = (text: string) => readFault(text, ['a', 'b', 'ollama:qwen'], 600);

describe('readFault', () => {
  it.each([
    ['a: hang 1m..2m', ['a'], hang({ fromS: 60, untilS: 120 })],
    ['a:hang 30s..', ['a'], hang({ fromS: 30 })],
    ['*: outage ..90s', ['a', 'b', 'ollama:qwen'], outage({ untilS: 90 })],
    ['ollama:qwen: outage 0..1m', ['ollama:qwen'], outage({ fromS: 0, untilS: 60 })],
    ['b: fail', ['b'], failures()],
    ['b: fail 25% 503 1m..', ['b'], failures({ ratio: 0.25, status: 503, fromS: 60 })],
    ['b: brown-out', ['b'], brownOut({ speed: 0.1 })],
    ['b: brown-out 2m..4m 50%', ['b'], brownOut({ speed: 0.5, fromS: 120, untilS: 240 })],
    ['b: 429 50% 10s', ['b'], throttling({ ratio: 0.5, retryAfterS: 10 })],
    [
      'b: limit 60rpm 9000tpm 1m..',
      ['b'],
      lowerLimit({ requestsPerMinute: 60, tokensPerMinute: 9000, fromS: 60 }),
    ],
  ])('reads %j', (text, targets, fault) => {
    expect(read(text)).toEqual({ text, targets, fault });
  });

  it.each([
    ['hang', 'a fault begins with its target: TARGET: FAULT FROM..UNTIL', '^^^^'],
    [
      'elsewhere: hang',
      'there is no target elsewhere; there are a, b or ollama:qwen, and * for all',
      '^^^^^^^^^',
    ],
    ['a:', 'the fault is missing; it is 429, hang, outage, fail, brown-out or limit', '  ^'],
    ['a: brownout 2m..4m', 'there is no fault brownout (did you mean "brown-out"?)', '   ^^^^^^^^'],
    ['a: hang 10%', 'hang is written TARGET: hang FROM..UNTIL', '        ^^^'],
    ['a: fail 0%', 'fail is written TARGET: fail [RATIO%] [STATUS] FROM..UNTIL', '        ^^'],
    ['a: fail 404', 'fail is written', '        ^^^'],
    ['a: hang 1m..2', 'hang is written', '        ^^^^^'],
    ['a: hang 2m..1m', 'it must end after it begins', '        ^^^^^^'],
    ['a: hang 10m..', 'it begins after the simulation has ended, at 600 s', '        ^^^^^'],
    ['a: hang 1m.. 2m..', 'hang is written', '             ^^^^'],
    ['a: limit 1m..', 'limit is written TARGET: limit [Nrpm] [Ntpm] FROM..UNTIL', '   ^^^^^'],
  ])('shows what is wrong in %j', (text, message, marks) => {
    expect(() => read(text)).toThrow(`--fault: ${message}`);
    try {
      read(text);
    } catch (error) {
      expect((error as Error).message.split('\n').slice(1)).toEqual([`  ${text}`, `  ${marks}`]);
    }
  });
});
