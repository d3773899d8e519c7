import { defineConfig } from 'vite';

export default defineConfig({
  // Gateways may stand behind a path of a proxy.
  base: './',
  resolve: { conditions: ['@plimsoll/source', 'module', 'browser', 'development|production'] },
  build: {
    target: 'es2023',
    // The policy of the page forbids what is written into it, so that small files stay files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
});
