/**
 * Where an error was thrown, as lines of its stack. Its message is left out: it may quote a request, an answer or a
 * configuration.
 */
export function faultPlace(error: unknown): readonly string[] {
  if (!(error instanceof Error) || error.stack === undefined) return [];
  const { message, stack } = error;
  // The message stands in front, and may have lines that look like those of a stack.
  const start = message === '' ? 0 : stack.indexOf(message) + message.length;
  return stack
    .slice(start)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^at .*:\d+:\d+\)?$/.test(line));
}
