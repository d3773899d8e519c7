import type { WindowName } from '@plimsoll/monitor';

export const windowWords: Readonly<Record<WindowName, string>> = {
  '5m': '5 minutes',
  '1h': '1 hour',
  '24h': '24 hours',
};
