import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { firstLoad } from './first-load.js';

// Nothing is inlined: the pages' content security policy allows no data: URLs.
export default defineConfig({
  plugins: [react(), firstLoad()],
  build: { assetsInlineLimit: 0, target: 'es2022' },
});
