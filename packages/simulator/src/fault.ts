import { optionError } from '@plimsoll/core';

import { checkNotNegative, checkPositive } from './check.ts';
import { checkQuota, type QuotaOptions } from './quota.ts';

/** From when to when something is wrong, in seconds since the start of the simulation. */
export interface Window {
  /** @defaultValue 0 */
  readonly fromS?: number;
  /** @defaultValue Infinity */
  readonly untilS?: number;
}

/** What a server does differently for a while. Faults of one server may overlap. */
export interface Fault {
  readonly fromS: number;
  readonly untilS: number;
  /** The pace, as a share of the usual one. */
  readonly speed: number;
  /** Errors instead of answers. */
  readonly errors: Errors | undefined;
  /** A limit besides those the server has. */
  readonly quota: QuotaOptions | undefined;
  /** Whether connections are refused and those that stand break off. */
  readonly isOut: boolean;
}

/** How a server fails. */
export interface Errors {
  /** Share of the requests that fail, 0 to 1. */
  readonly ratio: number;
  /** Milliseconds until the error is sent. */
  readonly afterMs: number;
  readonly status: number;
  /** Of status 429: milliseconds to wait, which are sent as whole seconds. */
  readonly retryAfterMs: number;
}

/**
 * The server works at a share of its speed, what is under way included.
 *
 * @param options.speed - the share, > 0: 0.1 is ten times as slow.
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on an option out of range.
 */
export function brownOut(options: Window & { readonly speed: number }): Fault {
  checkPositive('brownOut', 'speed', options.speed);
  return { ...NOTHING, ...checkedWindow('brownOut', options), speed: options.speed };
}

/**
 * The server accepts requests and sends nothing more, streams under way included; it goes on where it was when the
 * window ends.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on a window that ends before it begins.
 */
export function hang(options: Window = {}): Fault {
  return { ...NOTHING, ...checkedWindow('hang', options), speed: 0 };
}

/** Options of `failures`. */
export interface FailuresOptions extends Window {
  /** Share of the requests that fail, > 0 to 1. @defaultValue 1 */
  readonly ratio?: number;
  /** Milliseconds until the error is sent, >= 0. @defaultValue 20 */
  readonly afterMs?: number;
  /** HTTP status, 500 to 599. @defaultValue 500 */
  readonly status?: number;
}

/**
 * The server answers requests, or a share of them, with an error. Fast errors are the dangerous ones: a strategy that
 * looks for the least busy target finds it here.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on an option out of range.
 */
export function failures(options: FailuresOptions = {}): Fault {
  const { ratio = 1, afterMs = 20, status = 500 } = options;
  if (!(ratio > 0 && ratio <= 1)) throw optionError('failures', 'ratio', '> 0 to 1', ratio);
  checkNotNegative('failures', 'afterMs', afterMs);
  if (!(Number.isInteger(status) && status >= 500 && status <= 599)) {
    throw optionError('failures', 'status', 'a status from 500 to 599', status);
  }
  const errors = { ratio, afterMs, status, retryAfterMs: 0 };
  return { ...NOTHING, ...checkedWindow('failures', options), errors };
}

/** Options of `throttling`. */
export interface ThrottlingOptions extends Window {
  /** Share of the requests that are refused, > 0 to 1. @defaultValue 1 */
  readonly ratio?: number;
  /** Seconds that `Retry-After` asks to wait, > 0. @defaultValue 5 */
  readonly retryAfterS?: number;
}

/**
 * The server answers requests, or a share of them, with 429, however few there are: somebody else uses up the limit.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on an option out of range.
 */
export function throttling(options: ThrottlingOptions = {}): Fault {
  const { ratio = 1, retryAfterS = 5 } = options;
  if (!(ratio > 0 && ratio <= 1)) throw optionError('throttling', 'ratio', '> 0 to 1', ratio);
  checkPositive('throttling', 'retryAfterS', retryAfterS);
  const errors = { ratio, afterMs: 20, status: 429, retryAfterMs: retryAfterS * 1000 };
  return { ...NOTHING, ...checkedWindow('throttling', options), errors };
}

/**
 * The server allows less than usual: what is over this limit is answered with 429.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on an option out of range.
 */
export function lowerLimit(options: Window & QuotaOptions): Fault {
  const { fromS: _from, untilS: _until, ...quota } = options;
  checkQuota('lowerLimit', '', quota);
  return { ...NOTHING, ...checkedWindow('lowerLimit', options), quota };
}

/**
 * The server refuses connections; streams under way break off at the start.
 *
 * @throws PlimsollError ERR_PLIMSOLL_OPTION on a window that ends before it begins.
 */
export function outage(options: Window = {}): Fault {
  return { ...NOTHING, ...checkedWindow('outage', options), isOut: true };
}

const NOTHING = { speed: 1, errors: undefined, quota: undefined, isOut: false };

function checkedWindow(factory: string, window: Window): { fromS: number; untilS: number } {
  const { fromS = 0, untilS = Infinity } = window;
  checkNotNegative(factory, 'fromS', fromS);
  if (!(untilS > fromS)) throw optionError(factory, 'untilS', `seconds > ${fromS}`, untilS);
  return { fromS, untilS };
}
