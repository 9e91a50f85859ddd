import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [sveltekit()],
  resolve: { conditions: ['@realyield/source', 'module', 'browser', 'development|production'] },
  ssr: {
    resolve: { conditions: ['@realyield/source', 'module', 'node', 'development|production'] },
  },
  worker: { format: 'es' },
  build: { target: 'es2022' },
});
