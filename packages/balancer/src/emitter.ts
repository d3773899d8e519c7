/**
 * Typed events. Listeners are called at once, in the order they were added; one that throws disturbs neither the request
 * nor the others: its error becomes a process warning.
 */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, ((event: never) => void)[]>();

  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
    // Lists are replaced, never changed, so that a listener may add or remove others while it is called.
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
    return () => {
      const others = this.#listeners.get(name)?.filter((other) => other !== listener) ?? [];
      if (others.length === 0) this.#listeners.delete(name);
      else this.#listeners.set(name, others);
    };
  }

  /** Whether building the event is worth it. */
  has(name: keyof Events): boolean {
    return this.#listeners.has(name);
  }

  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    const listeners = this.#listeners.get(name) as ((event: Events[Name]) => void)[] | undefined;
    if (listeners === undefined) return;
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error), 'PlimsollListener');
      }
    }
  }
}
