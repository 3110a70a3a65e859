import path from 'node:path';
import type { InlineConfig } from 'vite';

export const ROOT = path.resolve(import.meta.dirname, '../../..');
export const WEB = path.join(ROOT, 'src/cockpit/web');

/**
 * What every page needs comes in two files instead of twenty: a browser asks for six at a time. The parts that only some pages need
 * (fields, the long table) stay where they are used.
 */
const GROUPS = [
  {
    name: 'base',
    test: /node_modules[\\/](react|react-dom|scheduler|i18next|@tanstack[\\/](?!.*virtual)|@mantine[\\/]core[\\/]esm[\\/]core)[\\/]/,
  },
  {
    name: 'frame',
    test: /cockpit[\\/]web[\\/](api[\\/](?!door)|words|theme|shell[\\/](?!Palette|Help)|components[\\/](?!Data|Table|table|Secret|NewPassword|paged|selection|SidePanel))/,
  },
];

/** How the pages are built: hashed names, no source maps, nothing inline (the server's policy forbids it). */
export async function viteConfig(outDir: string): Promise<InlineConfig> {
  const { default: react } = await import('@vitejs/plugin-react');
  return {
    configFile: false,
    root: WEB,
    base: '/',
    mode: 'production',
    logLevel: 'warn',
    publicDir: false,
    plugins: [react()],
    // Vite keeps what it remembers between builds here, out of `node_modules`.
    cacheDir: path.join(ROOT, '.cache/vite'),
    css: { modules: { generateScopedName: 'm[hash:base64:6]' } },
    build: {
      outDir,
      emptyOutDir: true,
      target: ['chrome123', 'firefox124', 'safari17.4'],
      sourcemap: false,
      modulePreload: { polyfill: false },
      // A data: address is no font and no picture under the policy.
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 1_000,
      rolldownOptions: { output: { codeSplitting: { groups: GROUPS } } },
    },
  };
}
