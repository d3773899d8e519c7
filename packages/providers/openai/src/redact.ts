import type { Failure, WireHead } from '@plimsoll/core';

const MASK = '***';

/** The failure without the credential, which some APIs repeat in their answer to a wrong one. */
export function redacted(failure: Failure, secret: string | undefined): Failure {
  if (secret === undefined) return failure;
  const { message, code, answer } = failure;
  const clean = {
    ...failure,
    message: message.replaceAll(secret, MASK),
    code: code?.replaceAll(secret, MASK),
  };
  if (answer === undefined) return clean;
  return {
    ...clean,
    answer: {
      head: { status: answer.head.status, headers: cleanHeaders(answer.head.headers, secret) },
      body: cleanBytes(answer.body, secret),
    },
  };
}

function cleanHeaders(headers: WireHead['headers'], secret: string): WireHead['headers'] {
  const clean: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    clean[name] =
      typeof value === 'string'
        ? value.replaceAll(secret, MASK)
        : value.map((part) => part.replaceAll(secret, MASK));
  }
  return clean;
}

function cleanBytes(bytes: Uint8Array, secret: string): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!buffer.includes(secret)) return bytes;
  // One character per byte, so that whatever else is in the body stays as it is.
  return Buffer.from(buffer.toString('latin1').replaceAll(secret, MASK), 'latin1');
}
