import {
  type Clock,
  optionError,
  type Provider,
  type WireHead,
  type WireRequest,
} from '@plimsoll/core';
import { startAttempt } from './simulated-attempt.ts';
import { classifyThrown } from './simulated-failure.ts';
import { SimulatedModel } from './simulated-model.ts';
import { systemClock } from './system.ts';

/** Options of `simulated`. */
export interface SimulatedOptions {
  /** What the model is called in metrics and `stats`. @defaultValue `simulated` */
  readonly name?: string | undefined;
  /** Names of models: what `GET /models` lists, and what is answered to. @defaultValue any name is answered to */
  readonly models?: readonly string[] | undefined;
  /** Milliseconds to the first token, >= 0. @defaultValue 200 */
  readonly firstTokenMs?: number | undefined;
  /** Tokens per second after the first one, > 0; `Infinity` sends all at once. @defaultValue 50 */
  readonly tokensPerSecond?: number | undefined;
  /** How far both times vary from request to request, each way, 0 to 1. @defaultValue 0 */
  readonly jitterRatio?: number | undefined;
  /** The part of requests that are answered with status 500, 0 to 1. @defaultValue 0 */
  readonly errorRatio?: number | undefined;
  /** Tokens of a text answer, an integer >= 0. @defaultValue 40 */
  readonly outputTokens?: number | undefined;
  /** Limits, each an integer >= 1; past one the answer is 429, as the real API's. @defaultValue none */
  readonly limits?: SimulatedLimits | undefined;
  /** Equal seeds give equal answers, errors and times to the first, second … request. @defaultValue 1 */
  readonly seed?: number | undefined;
  /** All time is read from it. @defaultValue the system's clock */
  readonly clock?: Clock | undefined;
}

/** Limits that the model keeps, as a provider does: with headers and answers of 429. */
export interface SimulatedLimits {
  /** Requests per minute. */
  readonly rpm?: number | undefined;
  /** Tokens per minute; prompt and expected answer are taken when a request comes. */
  readonly tpm?: number | undefined;
  /** Requests in flight at once. */
  readonly concurrency?: number | undefined;
}

/** The adapter, and what its model is at. */
export interface SimulatedProvider extends Provider<WireRequest, WireHead, Uint8Array> {
  /** Requests received so far. */
  readonly received: number;
  /** Requests that are being answered. */
  readonly inFlight: number;
}

/**
 * A model that answers in process, in OpenAI's dialect: chat completions, embeddings and the list of models, at a
 * configured speed, with configured errors and limits. For demos, tests and load without a bill.
 *
 * A token is four characters of text, in the prompt and in the answer.
 *
 * @throws `ERR_PLIMSOLL_OPTION` for a bad option.
 */
export function simulated(options: SimulatedOptions = {}): SimulatedProvider {
  checkOptions(options);
  const model = new SimulatedModel({
    models: options.models,
    firstTokenMs: options.firstTokenMs ?? 200,
    tokensPerSecond: options.tokensPerSecond ?? 50,
    jitterRatio: options.jitterRatio ?? 0,
    errorRatio: options.errorRatio ?? 0,
    outputTokens: options.outputTokens ?? 40,
    limits: options.limits ?? {},
    seed: options.seed ?? 1,
    clock: options.clock ?? systemClock,
  });
  return {
    name: options.name ?? 'simulated',
    get received() {
      return model.received;
    },
    get inFlight() {
      return model.inFlight;
    },
    attempt: (target, request, sink) => startAttempt(model.host(target, request.payload), sink),
    classify: classifyThrown,
    probe(_target, done) {
      // In process it can always be reached; the errors it was told to make are no outage.
      let isAborted = false;
      process.nextTick(() => {
        if (!isAborted) done(undefined);
      });
      return {
        abort() {
          isAborted = true;
        },
      };
    },
  };
}

function checkOptions(options: SimulatedOptions): void {
  const { limits = {}, models } = options;
  const ratio = (value: number): boolean => value >= 0 && value <= 1;
  const check = (option: string, value: unknown, accepted: string, isGood: Check): void => {
    if (value === undefined) return;
    if (typeof value !== 'number' || !isGood(value)) {
      throw optionError('simulated', option, accepted, value);
    }
  };
  check('firstTokenMs', options.firstTokenMs, 'a number >= 0', (ms) => ms >= 0 && ms < Infinity);
  check('tokensPerSecond', options.tokensPerSecond, 'a number > 0', (rate) => rate > 0);
  check('jitterRatio', options.jitterRatio, 'a number from 0 to 1', ratio);
  check('errorRatio', options.errorRatio, 'a number from 0 to 1', ratio);
  check('outputTokens', options.outputTokens, 'an integer >= 0', isCount);
  check('seed', options.seed, 'a finite number', Number.isFinite);
  for (const name of ['rpm', 'tpm', 'concurrency'] as const) {
    const isGood = (limit: number): boolean => isCount(limit) && limit >= 1;
    check(`limits.${name}`, limits[name], 'an integer >= 1', isGood);
  }
  if (models !== undefined && (!Array.isArray(models) || models.length === 0)) {
    throw optionError('simulated', 'models', 'a list of at least one name', models);
  }
}

type Check = (value: number) => boolean;
const isCount: Check = (value) => Number.isSafeInteger(value) && value >= 0;
