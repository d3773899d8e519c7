import { formatProblem } from '@plimsoll/config';
import type { Logger } from 'pino';

import type { Settings } from '../settings.ts';
import { ConfigWatch } from './config-watch.ts';
import type { LiveConfig } from './live-config.ts';

/**
 * Reloads on SIGHUP and when the configuration's file changes. A configuration that is refused is logged with its
 * problems, and what runs goes on.
 *
 * @returns the way to stop that.
 */
export function followChanges(
  live: LiveConfig,
  source: Settings['source'],
  log: Logger,
): () => void {
  const reload = (cause: string): void => {
    void live.reload().then((change) => {
      if (!change.isMade) {
        const problems = change.problems.map(formatProblem);
        log.error({ cause, problems }, 'the configuration was not reloaded; what ran goes on');
        return;
      }
      for (const warning of change.warnings) log.warn(formatProblem(warning));
    });
  };
  const onSignal = (): void => reload('SIGHUP');
  process.on('SIGHUP', onSignal);
  const watch =
    source === undefined
      ? undefined
      : new ConfigWatch(source.file, source.text, () => reload('file'));
  return () => {
    process.removeListener('SIGHUP', onSignal);
    watch?.close();
  };
}
