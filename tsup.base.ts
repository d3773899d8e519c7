import { defineConfig, type Options } from 'tsup';

type Config = ReturnType<typeof defineConfig>;

/** The build every package shares: ESM with declarations, whatever the manifest declares left external. */
export function build(options: Options = {}): Config {
  return defineConfig({
    entry: ['src/index.ts'],
    format: 'esm',
    target: 'node22.19',
    dts: true,
    sourcemap: true,
    clean: true,
    silent: true,
    ...options,
  });
}

const library: Config = build();
export default library;
