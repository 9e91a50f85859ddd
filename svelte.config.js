import adapter from '@sveltejs/adapter-static';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  kit: {
    adapter: adapter({ pages: 'build', assets: 'build', fallback: '200.html', precompress: false }),
    files: {
      src: 'web',
      assets: 'web/static',
      lib: 'web/lib',
      routes: 'web/routes',
      appTemplate: 'web/app.html',
      serviceWorker: 'web/service-worker',
    },
    csp: {
      mode: 'hash',
      directives: {
        'default-src': ['none'],
        'script-src': ['self', 'wasm-unsafe-eval'],
        'style-src': ['self'],
        // SvelteKit's route announcer sets exactly one inline style; this is its hash.
        'style-src-attr': ['unsafe-hashes', 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='],
        // No remote pictures: a stranger's image would tell the stranger who is looking.
        'img-src': ['self', 'data:'],
        'font-src': ['self'],
        'connect-src': [
          'self',
          'wss:',
          'ws://localhost:*',
          'ws://127.0.0.1:*',
          // Sources of the chain, and the server a person named for large files; on this machine
          // also without encryption.
          'https:',
          'http://localhost:*',
          'http://127.0.0.1:*',
        ],
        'worker-src': ['self'],
        'manifest-src': ['self'],
        'base-uri': ['none'],
        'form-action': ['none'],
        'object-src': ['none'],
      },
    },
    typescript: {
      config: (config) => ({
        ...config,
        include: [
          ...config.include,
          '../protocol/src/**/*.ts',
          '../relay-rules/src/**/*.ts',
          '../test/**/*.ts',
          '../*.config.ts',
          '../*.config.js',
        ],
      }),
    },
  },
};
