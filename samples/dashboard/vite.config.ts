import vue from '@vitejs/plugin-vue';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import local from './public/config.json' with { type: 'json' };

// Nothing inline, nothing from elsewhere but pictures of users. The tenant and the API are named only in config.json, which is
// read later, hence whole schemes; a server that knows them sends a stricter header. Not in development: Vite's client is inline.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' https: data:",
  "connect-src 'self' https: http://localhost:*",
  'frame-src https: http://localhost:*',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const withContentSecurityPolicy: Plugin = {
  name: 'content-security-policy',
  apply: 'build',
  transformIndexHtml: () => [
    { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicy }, injectTo: 'head-prepend' },
  ],
};

export default defineConfig({
  plugins: [vue(), withContentSecurityPolicy],
  // Relative addresses: the built folder can be served as it is.
  base: './',
  build: { modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  // From the page's own origin to the API, so that the API need not allow another.
  server: { port: 5173, strictPort: true, proxy: { '/api': new URL(local.api).origin } },
  test: { environment: 'happy-dom', include: ['tests/**/*.test.ts'] },
});
