import type { WireForm } from '@plimsoll/core';

/** A form that was read: its fields of text, and where its model's name stands. */
export interface Form {
  /** A field that comes several times has its last text; `stream` is a truth value, as in JSON. */
  readonly json: Record<string, unknown>;
  readonly wire: WireForm;
}

const LINE_END = Buffer.from('\r\n');
const HEAD_END = Buffer.from('\r\n\r\n');
const HYPHEN = 0x2d;

/** More parts than a request of any operation has. */
const MOST_PARTS = 256;

/** Bytes of a part's headers. */
const LONGEST_HEAD = 4096;

/**
 * Reads `multipart/form-data` (RFC 7578) as far as routing needs it. Libraries take a form apart and give its parts;
 * what is wanted here is the place of one field in the bytes, so that another model can be named there and all else is
 * handed on as it came.
 *
 * @returns in words, what is wrong with the form, where something is.
 */
export function readForm(body: Buffer, contentType: string): Form | string {
  const boundary = boundaryIn(contentType);
  if (boundary === undefined) return 'its content-type states no boundary';
  const delimiter = Buffer.from(`--${boundary}`);
  const json: Record<string, unknown> = {};
  let model: { readonly start: number; readonly end: number } | undefined;
  let at = body.indexOf(delimiter);
  // What stands before the first delimiter is for people whose mail program knows no forms.
  if (at < 0 || (at > 0 && !endsLine(body, at))) return 'its boundary does not come';
  for (let count = 0; count < MOST_PARTS; count++) {
    at += delimiter.length;
    if (body[at] === HYPHEN && body[at + 1] === HYPHEN) return finished();
    const lineEnd = body.indexOf(LINE_END, at);
    if (lineEnd < 0 || body.toString('latin1', at, lineEnd).trim() !== '') {
      return 'a line that begins as its boundary does goes on';
    }
    const headEnd = body.indexOf(HEAD_END, lineEnd);
    if (headEnd < 0 || headEnd - at > LONGEST_HEAD) return 'a part has no headers that end';
    const start = headEnd + HEAD_END.length;
    const end = partEnd(start);
    if (end < 0) return 'it ends in the middle of a part';
    const { name, isFile } = dispositionIn(body.toString('utf8', lineEnd + 2, headEnd));
    if (name === undefined) return 'a part has no name';
    if (!isFile) {
      const value = body.toString('utf8', start, end);
      if (name === 'model') {
        // Which of two a provider would read is anyone's guess, and it decides where the request may go.
        if (model !== undefined) return 'it names its `model` twice';
        model = { start, end };
      }
      setOwn(json, name, name === 'stream' ? value === 'true' : value);
    }
    at = end + LINE_END.length;
  }
  return `it has more than ${MOST_PARTS} parts`;

  function partEnd(start: number): number {
    for (let found = start; ; found++) {
      found = body.indexOf(delimiter, found);
      if (found < 0) return -1;
      if (endsLine(body, found)) return found - LINE_END.length;
    }
  }

  function finished(): Form {
    const { start: modelStart, end: modelEnd } = model ?? { start: 0, end: 0 };
    return { json, wire: { contentType, modelStart, modelEnd } };
  }
}

/** Whether a line ends right before `at`. */
function endsLine(body: Buffer, at: number): boolean {
  return at >= 2 && body[at - 2] === LINE_END[0] && body[at - 1] === LINE_END[1];
}

/** RFC 2046, 5.1.1: up to 70 characters. */
function boundaryIn(contentType: string): string | undefined {
  const found = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  return found?.[1] ?? found?.[2];
}

function dispositionIn(head: string): {
  readonly name: string | undefined;
  readonly isFile: boolean;
} {
  const line = /^content-disposition:\s*form-data\s*(;.*)$/im.exec(head)?.[1] ?? '';
  const name = /;\s*name=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i.exec(line);
  return { name: name?.[1] ?? name?.[2], isFile: /;\s*filename\*?=/i.test(line) };
}

/** A field may have any name, `__proto__` too. */
function setOwn(json: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(json, name, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}
