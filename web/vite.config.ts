import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

// COUNTERVAIL_API: where `countervail serve` runs, for `npm run dev`. COUNTERVAIL_OUT: another folder to build into.
const server = process.env.COUNTERVAIL_API ?? 'http://127.0.0.1:8000'

export default defineConfig({
  base: './', // the page works under any path of any host
  plugins: [svelte()],
  build: {
    outDir: process.env.COUNTERVAIL_OUT ?? '../src/countervail/web/static',
    emptyOutDir: true,
    sourcemap: false,
    target: 'es2022',
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: { proxy: { '/api': server, '/presets': server } },
  test: { include: ['src/**/*.test.ts'] },
})
