import { describe, expect, it } from 'vitest';

import { readCommand } from '../src/command.ts';

describe('readCommand', () => {
  it('reads serve, whose port may come from the environment', () => {
    expect(readCommand(['serve', '-c', 'a.yaml', '--port', '0', '--host', '::1'], {})).toEqual({
      name: 'serve',
      config: 'a.yaml',
      port: 0,
      host: '::1',
    });
    const env = { PLIMSOLL_PORT: '9000' };
    expect(readCommand(['serve'], env)).toMatchObject({ port: 9000, config: undefined });
    expect(readCommand(['serve', '-p', '9001'], env)).toMatchObject({ port: 9001 });
  });

  it('reads check, with the file in either place', () => {
    const expected = { name: 'check', config: 'a.yaml', isJson: true };
    expect(readCommand(['check', 'a.yaml', '--json'], {})).toEqual(expected);
    expect(readCommand(['check', '--config', 'a.yaml', '--json'], {})).toEqual(expected);
  });

  it('reads a call for help anywhere', () => {
    for (const args of [['help'], ['--help'], ['serve', '-h']]) {
      expect(readCommand(args, {})).toEqual({ name: 'help' });
    }
  });

  it.each([
    [[], 'a command is missing: serve or check'],
    [['sreve'], 'there is no command sreve; there are serve and check'],
    [['check'], 'check needs the file to check: plimsoll check FILE'],
    [['check', 'a', 'b'], 'check takes no argument b'],
    [['serve', 'a.yaml'], 'serve takes no argument a.yaml'],
    [['serve', '--json'], 'serve has no option --json'],
    [['serve', '--port', '80000'], '--port must be a port, 0 to 65535, got "80000"'],
    [['serve', '--port', 'x'], '--port must be a port, 0 to 65535, got "x"'],
    [['serve', '--prot', '1'], "Unknown option '--prot'."],
  ])('refuses %j', (args, message) => {
    expect(() => readCommand(args, {})).toThrow(message);
  });
});
