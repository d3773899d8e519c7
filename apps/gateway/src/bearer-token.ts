import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A secret that opens some of the paths. */
export class BearerToken {
  readonly #hash: Buffer;

  constructor(token: string) {
    this.#hash = hashOf(token);
  }

  /** Whether an `authorization` header holds it; takes as long whatever the header holds. */
  opens(authorization: string | undefined): boolean {
    const given = /^Bearer +(\S+)\s*$/i.exec(authorization ?? '')?.[1] ?? '';
    return timingSafeEqual(hashOf(given), this.#hash);
  }
}

/** A token of 192 random bits. */
export function makeToken(): string {
  return randomBytes(24).toString('base64url');
}

/** Hashes are of equal length, as the comparison needs. */
function hashOf(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}
