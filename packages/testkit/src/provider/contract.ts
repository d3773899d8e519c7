import type { Provider, Request, Target, WireRequest } from '@plimsoll/core';
import { describe, expect, test } from 'vitest';

import { badExemptions, type Exemption } from '../exemption.ts';
import { providerClauses } from './clauses.ts';
import type { ProviderSite, ProviderSubject } from './rig.ts';
import { openAIProviderUpstream, type ProviderUpstream } from './upstream.ts';
import { targetOf } from '../snapshot-of.ts';

/** What `providerContract` is to check. */
export interface ProviderContractOptions {
  /** Makes an adapter that sends its attempts to `site.url` with `site.credential`. Called often. */
  readonly create: (site: ProviderSite) => Provider;
  /** Tells several sets of options of one provider apart in the report. @defaultValue `default` */
  readonly name?: string;
  /** The API that the adapter speaks to. Called often. @defaultValue `openAIProviderUpstream` */
  readonly upstream?: () => ProviderUpstream;
  /** What the target of the attempts has. @defaultValue the model `gpt-test` */
  readonly target?: Partial<Target>;
  /** A request whose answer is one body. @defaultValue a chat completion of OpenAI's dialect */
  readonly plain?: Request;
  /** A request whose answer is a stream. @defaultValue a streamed chat completion of OpenAI's dialect */
  readonly stream?: Request;
  /** A request that cannot be put on the wire. @defaultValue `plain` with a body that JSON cannot hold */
  readonly unsendable?: Request;
  /** Clauses that this adapter need not keep. An exemption from a clause that it does keep fails. */
  readonly exempt?: readonly Exemption[];
}

/**
 * Registers the tests, clause by clause, that every provider adapter must pass; call it in a test file of vitest. The
 * clauses are those of `Provider` in core, spelled out, over real connections on loopback.
 */
export function providerContract(options: ProviderContractOptions): void {
  const { exempt = [] } = options;
  const subject = providerSubject(options);
  describe(`provider contract: ${options.name ?? 'default'}`, () => {
    test('every exemption names a clause and gives a reason', () => {
      expect(badExemptions(exempt, providerClauses)).toEqual([]);
    });
    for (const { id, title, check } of providerClauses) {
      const exemption = exempt.find(({ clause }) => clause === id);
      if (exemption === undefined) {
        test(`[${id}] ${title}`, () => check(subject));
      } else {
        test.fails(`[${id}] exempt: ${exemption.reason}`, () => check(subject));
      }
    }
  });
}

/** The subject of the clauses, with defaults filled in. */
export function providerSubject(options: ProviderContractOptions): ProviderSubject {
  return {
    create: options.create,
    upstream: options.upstream ?? openAIProviderUpstream,
    target: targetOf({ model: 'gpt-test', ...options.target }),
    plain: options.plain ?? chatRequest(false),
    stream: options.stream ?? chatRequest(true),
    unsendable: options.unsendable ?? chatRequest(false, { metadata: 1n }),
    // Never waited for by an adapter that keeps the clauses, however busy the machine is.
    patienceMs: 10_000,
  };
}

function chatRequest(isStream: boolean, more: object = {}): Request<WireRequest> {
  return {
    isStream,
    operation: 'chat',
    payload: {
      dialect: 'openai',
      path: '/chat/completions',
      json: {
        model: 'gpt-test',
        messages: [{ role: 'user', content: 'Say hello.' }],
        ...(isStream && { stream: true }),
        ...more,
      },
    },
  };
}
