import type { Reason } from '@plimsoll/balancer';

import { formatCount } from '../terminal/figures.ts';
import type { TargetFacts } from './facts.ts';

/** Why a target was left out, in words that follow its name; empty for one that was not. */
export function reasonInWords(reason: Reason, facts: TargetFacts | undefined): string {
  switch (reason) {
    case 'admissible':
      return '';
    case 'draining':
      return 'is draining: it takes nothing new';
    case 'pin':
      return 'is not the target that is asked for';
    case 'region':
      return facts?.region === undefined
        ? 'has no region, and requests may go to some regions only'
        : `is in ${facts.region}, where requests may not go`;
    case 'tags':
      return `lacks a tag that is asked for; ${tagsOf(facts)}`;
    case 'provider':
      return 'is of a provider that has refused the request';
    case 'model':
      return 'has another model than the answer was begun with';
    case 'resume':
      return 'cannot go on with an answer that broke off';
    case 'context_window':
      return 'has too small a context window for the request';
    case 'capability':
      return 'cannot use tools or read images, and the request has some';
    case 'tried':
      return 'was tried already';
    case 'cooling':
      return 'is cooling down, as its provider asked for';
    case 'unhealthy':
      return 'has an open breaker, after failures';
    case 'concurrency':
      return `has ${facts?.inFlight} requests in flight, as many as it may have`;
    case 'quota':
      return quotaWords(facts);
    case 'budget':
      return 'would cost more than may still be spent';
    case 'slow_start':
      return 'is coming back slowly, and this request is not among those it gets';
  }
}

function tagsOf(facts: TargetFacts | undefined): string {
  const { tags = [] } = facts ?? {};
  return tags.length === 0 ? 'it has none' : `it has ${tags.join(', ')}`;
}

const WINDOWS: Readonly<Record<number, string>> = {
  1000: 'a second',
  60_000: 'a minute',
  86_400_000: 'a day',
};

function quotaWords(facts: TargetFacts | undefined): string {
  const { quotas = [] } = facts ?? {};
  const [first, ...others] = quotas;
  if (first === undefined) return 'has no quota left for the request';
  const tightest = others.reduce((a, b) => (b.leftRatio < a.leftRatio ? b : a), first);
  const { used, limit, leftRatio, dimension, windowMs, scope } = tightest;
  const whose = scope === 'group' ? ' of its quota group' : '';
  const what = dimension.replace('_', ' ');
  const window = WINDOWS[windowMs] ?? `${windowMs / 1000} s`;
  const count = `${formatCount(used)} of ${formatCount(limit)} ${what} in ${window}${whose} are used`;
  return leftRatio > 0.02
    ? `has to wait: ${count}, and the rest is spread over that time`
    : `has no quota left: ${count}`;
}
