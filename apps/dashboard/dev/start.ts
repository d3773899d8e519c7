// node dev/start.ts [SCENE]: the page with changes as they are saved, over samples.
import { createServer } from 'vite';
import { fileURLToPath } from 'node:url';
import { MOCK_TOKEN, mockGateway } from './mock-gateway.ts';
import { sceneNames } from './scenes.ts';

const scene = sceneNames.find((name) => name === (process.argv[2] ?? 'trouble'));
if (scene === undefined) throw new Error(`There are the scenes ${sceneNames.join(', ')}.`);
const gateway = await mockGateway({ scene });
const server = await createServer({
  root: fileURLToPath(new URL('..', import.meta.url)),
  server: { host: '127.0.0.1', proxy: { '/admin': gateway.url } },
});
await server.listen();
console.log(`${server.resolvedUrls?.local[0]}#token=${MOCK_TOKEN}`);
