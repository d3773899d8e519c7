import type { Dispatcher } from 'undici';

/** Waiting for longer than this many others means that an end will not come. */
const MOST_LINGERING = 64;

/**
 * Requests whose answer is complete but whose body has not ended yet. Mostly the end comes in the next packet, and the
 * connection can be used again. An upstream that never ends its bodies would cost a connection each time: so only the
 * latest are waited for, and the others hung up. No timer is needed for that.
 */
export class Lingering {
  readonly #controllers = new Map<object, Dispatcher.DispatchController>();

  add(attempt: object, controller: Dispatcher.DispatchController): void {
    this.#controllers.set(attempt, controller);
    if (this.#controllers.size <= MOST_LINGERING) return;
    for (const [oldest, itsController] of this.#controllers) {
      this.#controllers.delete(oldest);
      itsController.abort(new Error('the body did not end'));
      return;
    }
  }

  delete(attempt: object): void {
    this.#controllers.delete(attempt);
  }
}
