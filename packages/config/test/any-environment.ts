/** An environment in which every variable is set: addresses to an address, everything else to a word. What `literal` writes is left alone. */
export const anyEnvironment: Readonly<Record<string, string>> = new Proxy(
  {},
  {
    get: (_, name) => {
      if (typeof name !== 'string' || name === 'PLIMSOLL_DOLLAR') return undefined;
      if (/^R$|REDIS_URL/.test(name)) return 'redis://127.0.0.1:9';
      return /BASE|URL|HOST/.test(name) && !name.includes('REDIS') ? 'http://127.0.0.1:9/v1' : 'x';
    },
  },
);
