import type { Notice } from '@plimsoll/core';

/** A notice as it goes over the wire, with the member it is from. */
export function noticeText(member: string, notice: Notice): string {
  const { kind, target, scope, untilEpochMs, isThrottled, reason } = notice;
  return JSON.stringify({ member, kind, target, scope, untilEpochMs, isThrottled, reason });
}

/** @throws Error on a text that is no notice: others may publish on the channel too. */
export function parseNotice(text: string): { readonly member: string; readonly notice: Notice } {
  const { member, kind, target, scope, untilEpochMs, isThrottled, reason } = JSON.parse(
    text,
  ) as Notice & {
    readonly member: string;
  };
  const texts: readonly unknown[] = [member, kind, target, scope, reason];
  if (!texts.every((one) => typeof one === 'string') || typeof untilEpochMs !== 'number') {
    throw new Error(`not a notice: ${text.slice(0, 200)}`);
  }
  const notice: Notice = { kind, target, scope, untilEpochMs, reason };
  return { member, notice: isThrottled === true ? { ...notice, isThrottled } : notice };
}

/** Notices of one name follow each other: a target has one breaker, and one cool-down for each scope. */
export function noticeName({ kind, target, scope }: Notice): string {
  return `${kind === 'cooling' ? scope : 'breaker'}:${target}`;
}
