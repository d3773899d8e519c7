/** How the program ends, for scripts. Each command's help says which of them it ends with, and what `unwell` means. */
export const ExitCode = { done: 0, failed: 1, usage: 2, configuration: 3, unwell: 4 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
