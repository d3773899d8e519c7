import { openAIUpstream, type OpenAIUpstream } from '../openai-upstream/upstream.ts';
import type { UpstreamAnswer } from '../openai-upstream/answer.ts';
import { differences } from './check.ts';
import type { Fault, FaultExpectation, FaultRow } from './row.ts';
import type { FaultStage, FaultSubject, FaultTarget } from './subject.ts';
import { drive } from './traffic.ts';

/** What all upstreams of the suite say, when they are well. */
export const FAULT_TEXT = 'The quick brown fox jumps over the lazy dog and runs away.';

/** The id of the target that goes wrong. */
export const FAULTY = 'faulty';

/** How soon an upstream sees that its caller left, in milliseconds of real time. */
const ABORT_MS = 50;

/** Whether another target stands beside the faulty one. */
export type FaultCompany = 'with another' | 'alone';

/**
 * Puts `subject` through one row.
 *
 * @returns what came out otherwise than it must; empty if the row holds.
 */
export async function runFault(
  row: FaultRow,
  company: FaultCompany,
  subject: FaultSubject,
): Promise<string[]> {
  const expected = company === 'alone' ? row.alone : row.withAnother;
  if (expected === undefined) throw new Error(`${row.name}: says nothing of ${company}`);
  await using stage = subject.begin();
  const otherCount = company === 'alone' ? 0 : (row.otherCount ?? 1);
  const upstreams = Array.from({ length: 1 + otherCount }, () =>
    openAIUpstream({ clock: stage.clock }),
  );
  try {
    await Promise.all(upstreams.map((upstream) => upstream.listen()));
    return await runOn(stage, upstreams, row, expected, subject.speed);
  } finally {
    await Promise.all(upstreams.map((upstream) => upstream.close()));
  }
}

async function runOn(
  stage: FaultStage,
  upstreams: readonly OpenAIUpstream[],
  row: FaultRow,
  expected: FaultExpectation,
  speed: number,
): Promise<string[]> {
  const [faulty, ...others] = upstreams as [OpenAIUpstream, ...OpenAIUpstream[]];
  faulty.always({ text: FAULT_TEXT });
  for (const other of others) other.always({ text: FAULT_TEXT, ...row.others });

  const place = row.fault.place === 'no_tls' ? faulty.url.replace('http:', 'https:') : faulty.url;
  const targets: FaultTarget[] = [
    { id: FAULTY, url: place, preset: 'openai', ...row.faultyTarget },
    ...others.map(({ url }, index): FaultTarget => ({
      id: `other-${index + 1}`,
      url,
      preset: 'openai',
      ...row.otherTargets,
    })),
  ];
  await using pool = await stage.open({
    targets,
    strategy: row.strategy ?? 'round-robin',
    options: row.options ?? {},
  });
  const beganMs = stage.clock.now();
  await using fault = new FaultAtWork(stage, faulty, row.fault, speed);
  await fault.begin();
  const asked = await drive(stage, pool, row);
  // What was given up is closed in a moment.
  await stage.pass(50);
  const { leaveAfterMs } = row;
  const abortMs = leaveAfterMs === undefined ? undefined : leaveAfterMs + ABORT_MS * speed;
  return differences(expected, { asked, pool, upstreams, beganMs, abortMs, text: FAULT_TEXT });
}

/** Has an upstream go wrong when its row says. */
class FaultAtWork implements AsyncDisposable {
  readonly #stage: FaultStage;
  readonly #upstream: OpenAIUpstream;
  readonly #fault: Fault;
  readonly #speed: number;
  #changing: Promise<unknown> = Promise.resolve();
  readonly #timers: { cancel(): void }[] = [];

  constructor(stage: FaultStage, upstream: OpenAIUpstream, fault: Fault, speed: number) {
    this.#stage = stage;
    this.#upstream = upstream;
    this.#fault = fault;
    this.#speed = speed;
  }

  async begin(): Promise<void> {
    const { fromMs = 0, untilMs } = this.#fault;
    if (fromMs > 0) this.#once(fromMs, () => this.#spoil());
    else await this.#spoil();
    if (untilMs !== undefined) this.#once(untilMs, () => this.#mend());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    await this.#changing;
  }

  #once(ms: number, change: () => Promise<unknown>): void {
    const timer = this.#stage.clock.every(ms, () => {
      timer.cancel();
      this.#changing = change();
    });
    this.#timers.push(timer);
  }

  async #spoil(): Promise<void> {
    const { next = [], always, place } = this.#fault;
    if (place === 'refused') await this.#upstream.close();
    const worded = (answer: UpstreamAnswer): UpstreamAnswer => ({
      text: FAULT_TEXT,
      ...answer,
      ...this.#wait(answer),
    });
    this.#upstream.next(...next.map(worded));
    if (always !== undefined) this.#upstream.always(worded(always));
  }

  async #mend(): Promise<void> {
    if (this.#fault.place === 'refused') await this.#upstream.listen();
    this.#upstream.always({ text: FAULT_TEXT });
  }

  /** The headers that state the waiting time. */
  #wait(answer: UpstreamAnswer): Pick<UpstreamAnswer, 'headers'> | undefined {
    const { wait } = this.#fault;
    if (wait === undefined) return undefined;
    const realMs = wait.ms / this.#speed;
    const said = {
      seconds: { 'retry-after': String(realMs / 1000) },
      milliseconds: { 'retry-after-ms': String(realMs), 'retry-after': '99' },
      date: {
        date: new Date(0).toUTCString(),
        'retry-after': new Date(realMs).toUTCString(),
      },
    }[wait.form];
    return { headers: { ...answer.headers, ...said } };
  }
}
