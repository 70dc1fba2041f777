import vue from '@vitejs/plugin-vue';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import local from './public/config.json' with { type: 'json' };

// Nothing inline, and nothing from other origins except user pictures. The tenant and the API are known only from config.json at
// run time, so connect-src and frame-src allow whole schemes, and the pictures of a local tenant are at http://localhost. A web server
// that knows them can send a stricter header. The policy is not used in development, because Vite's client is inline.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' https: http://localhost:* data:",
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
  build: { modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  // The proxy makes API calls same-origin, so the API does not have to allow this origin.
  server: { port: 5173, strictPort: true, proxy: { '/api': new URL(local.api).origin } },
  test: { environment: 'happy-dom', include: ['tests/**/*.test.ts'] },
});
