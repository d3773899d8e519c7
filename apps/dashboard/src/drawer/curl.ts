import { balancingHeaders, chatBody, type Sent } from '../wire/admin.ts';

/** The request as a line for a shell. */
export function curlOf(sent: Sent, origin: string): string {
  const headers = { 'content-type': 'application/json', ...balancingHeaders(sent) };
  return [
    `curl ${origin}/v1/chat/completions`,
    ...Object.entries(headers).map(([name, value]) => `  -H ${quoted(`${name}: ${value}`)}`),
    `  -d ${quoted(JSON.stringify(chatBody(sent)))}`,
  ].join(' \\\n');
}

/** As one word of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
