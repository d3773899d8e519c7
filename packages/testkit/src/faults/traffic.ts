import type { Clock } from '@plimsoll/core';

import type { FaultRow } from './row.ts';
import type { FaultAnswer, FaultPool, FaultStage } from './subject.ts';

/** One request and how it fared. */
export interface Asked {
  readonly startedMs: number;
  readonly tookMs: number;
  readonly answer: FaultAnswer;
}

/** Sends the requests of a row and waits for the last answer. */
export async function drive(stage: FaultStage, pool: FaultPool, row: FaultRow): Promise<Asked[]> {
  const { clock } = stage;
  const { traffic = { requests: 40, atOnce: 20 }, isStream = true, leaveAfterMs } = row;
  const ask = async (): Promise<Asked> => {
    const startedMs = clock.now();
    const signal = leaveAfterMs === undefined ? undefined : abortedAfter(leaveAfterMs, clock);
    const answer = await pool.ask({ isStream, signal });
    return { startedMs, tookMs: clock.now() - startedMs, answer };
  };
  if ('requests' in traffic) return await stage.settled(inTurn(traffic, ask));
  const asked: Promise<Asked>[] = [];
  const beganMs = clock.now();
  const stepMs = 1000 / traffic.perSecond;
  for (let count = 0; clock.now() - beganMs < traffic.forMs; count++) {
    asked.push(ask());
    // By the clock, not by the count: a machine that is late does not stretch the row.
    const nextMs = beganMs + (count + 1) * stepMs;
    if (nextMs > clock.now()) await stage.pass(nextMs - clock.now());
  }
  return await stage.settled(Promise.all(asked));
}

function abortedAfter(ms: number, clock: Clock): AbortSignal {
  const controller = new AbortController();
  const timer = clock.every(ms, () => {
    timer.cancel();
    controller.abort();
  });
  return controller.signal;
}

async function inTurn(
  { requests, atOnce }: { readonly requests: number; readonly atOnce: number },
  ask: () => Promise<Asked>,
): Promise<Asked[]> {
  const asked: Asked[] = [];
  let left = requests;
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left--;
      asked.push(await ask());
    }
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
  return asked;
}
