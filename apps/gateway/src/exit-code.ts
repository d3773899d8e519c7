/** How the program ends, for scripts. */
export const ExitCode = { done: 0, couldNotStart: 1, usage: 2, configuration: 3 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
