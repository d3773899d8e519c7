import { durationMs, durationPattern, oneOf, suggestion } from '@plimsoll/config';
import {
  brownOut,
  failures,
  type Fault,
  hang,
  lowerLimit,
  outage,
  throttling,
} from '@plimsoll/simulator';

import { UsageError } from '../commands/usage-error.ts';
import { defined } from '../defined.ts';

/** A fault as it was typed, understood. */
export interface TargetFault {
  /** As it was typed. */
  readonly text: string;
  /** Ids of the targets that have it. */
  readonly targets: readonly string[];
  readonly fault: Fault;
}

/** How each fault is written, for the help and for whoever wrote it otherwise. */
export const FAULT_FORMS: Readonly<Record<string, string>> = {
  hang: 'TARGET: hang FROM..UNTIL',
  outage: 'TARGET: outage FROM..UNTIL',
  fail: 'TARGET: fail [RATIO%] [STATUS] FROM..UNTIL',
  'brown-out': 'TARGET: brown-out [SPEED%] FROM..UNTIL',
  '429': 'TARGET: 429 [RATIO%] [RETRY-AFTER] FROM..UNTIL',
  limit: 'TARGET: limit [Nrpm] [Ntpm] FROM..UNTIL',
};

/** A word of the text and where it begins. */
interface Word {
  readonly text: string;
  readonly at: number;
}

/**
 * Reads a fault such as `openai-1: brown-out 10% 2m..4m`; the target `*` is all of them.
 *
 * @throws UsageError that shows the place in the text.
 */
export function readFault(
  text: string,
  targets: readonly string[],
  durationS: number,
): TargetFault {
  const wrong = (message: string, at: number, length: number): UsageError =>
    new UsageError(
      `--fault: ${message}\n  ${text}\n  ${' '.repeat(at)}${'^'.repeat(Math.max(1, length))}`,
    );
  const { of, rest } = readTarget(text, targets, wrong);
  const [kind, ...words] = wordsIn(text, rest);
  const kinds = Object.keys(FAULT_FORMS);
  if (kind === undefined) throw wrong(`the fault is missing; it is ${oneOf(kinds)}`, rest, 1);
  const form = Object.hasOwn(FAULT_FORMS, kind.text) ? FAULT_FORMS[kind.text] : undefined;
  if (form === undefined) {
    const hint = suggestion(kind.text, kinds);
    const known = hint === '' ? `; there are ${oneOf(kinds)}` : hint;
    throw wrong(`there is no fault ${kind.text}${known}`, kind.at, kind.text.length);
  }
  const found: Parts = {};
  for (const word of words) {
    const part = partOf(word.text);
    const accepted = part !== undefined && ACCEPTED[kind.text]!.includes(part.name);
    if (!accepted || found[part.name] !== undefined) {
      throw wrong(`${kind.text} is written ${form}`, word.at, word.text.length);
    }
    (found as Record<string, unknown>)[part.name] = part.value;
    if (part.name === 'window') {
      const { fromS = 0, untilS = Infinity } = part.value;
      if (untilS <= fromS) throw wrong('it must end after it begins', word.at, word.text.length);
      if (fromS >= durationS) {
        const message = `it begins after the simulation has ended, at ${durationS} s`;
        throw wrong(message, word.at, word.text.length);
      }
    }
  }
  if (kind.text === 'limit' && found.rpm === undefined && found.tpm === undefined) {
    throw wrong(`limit is written ${form}`, kind.at, kind.text.length);
  }
  return { text, targets: of, fault: faultOf(kind.text, found) };
}

type Wrong = (message: string, at: number, length: number) => UsageError;

function readTarget(
  text: string,
  targets: readonly string[],
  wrong: Wrong,
): { readonly of: readonly string[]; readonly rest: number } {
  // Ids may hold colons themselves, so those there are come first.
  const id = targets.find((one) => text.startsWith(`${one}:`));
  if (id !== undefined) return { of: [id], rest: id.length + 1 };
  const colon = text.indexOf(':');
  if (colon === -1) {
    throw wrong('a fault begins with its target: TARGET: FAULT FROM..UNTIL', 0, text.length);
  }
  const name = text.slice(0, colon);
  if (name === '*') return { of: targets, rest: 2 };
  const hint = suggestion(name, targets);
  const known = hint === '' ? `; there are ${oneOf(targets)}, and * for all` : hint;
  throw wrong(`there is no target ${name}${known}`, 0, colon);
}

function wordsIn(text: string, from: number): Word[] {
  return Array.from(text.slice(from).matchAll(/\S+/g), (match) => ({
    text: match[0],
    at: from + match.index,
  }));
}

interface Parts {
  readonly ratio?: number;
  readonly status?: number;
  /** Seconds. */
  readonly wait?: number;
  readonly rpm?: number;
  readonly tpm?: number;
  readonly window?: { readonly fromS?: number; readonly untilS?: number };
}

type Part = {
  [Name in keyof Parts]-?: { name: Name; value: NonNullable<Parts[Name]> };
}[keyof Parts];

const ACCEPTED: Readonly<Record<string, readonly (keyof Parts)[]>> = {
  hang: ['window'],
  outage: ['window'],
  fail: ['ratio', 'status', 'window'],
  'brown-out': ['ratio', 'window'],
  '429': ['ratio', 'wait', 'window'],
  limit: ['rpm', 'tpm', 'window'],
};

function partOf(word: string): Part | undefined {
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(word)?.[1];
  if (percent !== undefined) {
    const ratio = Number(percent) / 100;
    return ratio > 0 && ratio <= 1 ? { name: 'ratio', value: ratio } : undefined;
  }
  if (/^5\d\d$/.test(word)) return { name: 'status', value: Number(word) };
  const limit = /^([1-9]\d*)(rpm|tpm)$/.exec(word);
  if (limit !== null) return { name: limit[2] as 'rpm' | 'tpm', value: Number(limit[1]) };
  if (durationPattern.test(word)) return { name: 'wait', value: durationMs(word) / 1000 };
  const [, from, until] = /^(\S*?)\.\.(\S*)$/.exec(word) ?? [];
  if (from === undefined || until === undefined) return undefined;
  const fromS = momentS(from);
  const untilS = momentS(until);
  if (Number.isNaN(fromS) || Number.isNaN(untilS)) return undefined;
  return { name: 'window', value: defined({ fromS, untilS }) };
}

/** Seconds; undefined where nothing stands, NaN where it is no time. */
function momentS(text: string): number | undefined {
  if (text === '') return undefined;
  if (text === '0') return 0;
  return durationPattern.test(text) ? durationMs(text) / 1000 : Number.NaN;
}

/** A brown-out that states no speed is this slow. */
const BROWN_OUT_SPEED = 0.1;

function faultOf(kind: string, { ratio, status, wait, rpm, tpm, window = {} }: Parts): Fault {
  switch (kind) {
    case 'hang':
      return hang(window);
    case 'outage':
      return outage(window);
    case 'fail':
      return failures({ ...window, ...defined({ ratio, status }) });
    case 'brown-out':
      return brownOut({ ...window, speed: ratio ?? BROWN_OUT_SPEED });
    case '429':
      return throttling({ ...window, ...defined({ ratio, retryAfterS: wait }) });
    default:
      return lowerLimit({
        ...window,
        ...defined({ requestsPerMinute: rpm, tokensPerMinute: tpm }),
      });
  }
}
