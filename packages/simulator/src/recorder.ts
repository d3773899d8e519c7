import type { CallFailure, Result } from '@plimsoll/balancer';

import type { SimulatedCall } from './simulated-call.ts';

/** What counts as served well. */
export interface SloOptions {
  /** Milliseconds to the first content. @defaultValue 2000 */
  readonly firstContentMs?: number;
  /** Milliseconds per output token after that, on average. @defaultValue 40 */
  readonly perTokenMs?: number;
  /** Milliseconds to the last byte. @defaultValue Infinity */
  readonly latencyMs?: number;
}

/** Everything measured, by the number of the request; NaN where the request was not served. */
export class Recorder {
  readonly atMs: number[] = [];
  readonly latencyMs: number[] = [];
  readonly firstContentMs: number[] = [];
  readonly slowdown: number[] = [];
  /** The target of the first attempt; undefined where none could be made. */
  readonly firstTarget: (string | undefined)[] = [];
  readonly failures: Record<string, number> = {};
  /** Requests under way. */
  open = 0;
  outputTokens = 0;
  costUsd = 0;
  servedWell = 0;
  readonly #slo: Required<SloOptions>;
  readonly #idealMs: (inputTokens: number, outputTokens: number) => number;

  /** @param idealMs - how long a request takes on the fastest server, idle. */
  constructor(
    slo: Required<SloOptions>,
    idealMs: (inputTokens: number, outputTokens: number) => number,
  ) {
    this.#slo = slo;
    this.#idealMs = idealMs;
  }

  /** A request comes. @returns its number. */
  arrived(atMs: number): number {
    this.open++;
    this.latencyMs.push(Number.NaN);
    this.firstContentMs.push(Number.NaN);
    this.slowdown.push(Number.NaN);
    this.firstTarget.push(undefined);
    return this.atMs.push(atMs) - 1;
  }

  picked(number: number, target: string): void {
    this.firstTarget[number] = target;
  }

  served(call: SimulatedCall, result: Result): void {
    this.open--;
    const { number, inputTokens, outputTokens } = call;
    const { latencyMs, firstContentMs } = result;
    this.latencyMs[number] = latencyMs;
    this.firstContentMs[number] = firstContentMs;
    this.slowdown[number] = latencyMs / this.#idealMs(inputTokens, outputTokens);
    if (!call.isMeasured) return;
    this.outputTokens += outputTokens;
    this.costUsd += result.costUsd ?? 0;
    const perTokenMs = outputTokens > 1 ? (latencyMs - firstContentMs) / (outputTokens - 1) : 0;
    if (
      firstContentMs <= this.#slo.firstContentMs &&
      perTokenMs <= this.#slo.perTokenMs &&
      latencyMs <= this.#slo.latencyMs
    ) {
      this.servedWell++;
    }
  }

  failed(call: SimulatedCall, { code }: CallFailure): void {
    this.open--;
    if (call.isMeasured) this.failures[code] = (this.failures[code] ?? 0) + 1;
  }
}
