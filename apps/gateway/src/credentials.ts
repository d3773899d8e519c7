import type { TargetConfig } from '@plimsoll/config';
import type { Provider } from '@plimsoll/core';

/** An adapter with its key. */
export interface Credential {
  readonly provider: Provider;
  /** The quota group of targets that state none: the id of the first target that used it. */
  readonly group: string;
}

/** The adapters of all targets: targets with the same credential for the same place share one. */
export class Credentials {
  readonly #make: (config: TargetConfig) => Provider;
  readonly #byKey = new Map<string, Credential>();

  constructor(make: (config: TargetConfig) => Provider) {
    this.#make = make;
  }

  /** The credential of a target. @throws PlimsollError when the adapter does not accept what is stated. */
  of(config: TargetConfig): Credential {
    const key = credentialKey(config);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const credential = { provider: this.#make(config), group: this.#newGroup(config.id) };
    this.#byKey.set(key, credential);
    return credential;
  }

  /** The credentials that none of `targets` has; they are forgotten. */
  takeUnused(targets: readonly TargetConfig[]): Credential[] {
    const used = new Set(targets.map(credentialKey));
    const unused = [...this.#byKey].filter(([key]) => !used.has(key));
    for (const [key] of unused) this.#byKey.delete(key);
    return unused.map(([, credential]) => credential);
  }

  /** Frees the connections of all. */
  async close(): Promise<void> {
    for (const { provider } of this.#byKey.values()) await provider.close?.();
  }

  /** `id`, unless a credential that it had before, and that others still have, goes by that name. */
  #newGroup(id: string): string {
    const taken = new Set([...this.#byKey.values()].map(({ group }) => group));
    let group = id;
    for (let count = 2; taken.has(group); count++) group = `${id}#${count}`;
    return group;
  }
}

/** Equal for targets that share an adapter: without a key there is nothing to share. */
function credentialKey(target: TargetConfig): string {
  const { id, provider, apiKey, baseUrl, apiVersion, organization, project, simulate } = target;
  const owner = apiKey === undefined ? { id } : { apiKey };
  return JSON.stringify([owner, provider, baseUrl, apiVersion, organization, project, simulate]);
}
