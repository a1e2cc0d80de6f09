import { defineConfig, type Plugin } from 'vite';

/** The app that `npm run dev` asks: the usual address of `dotnet run --project src/Functions`. */
const app = 'http://127.0.0.1:7071';

/** Puts the script and the style into the page, with the place of the nonce that the app fills in for each request. */
function onePage(): Plugin {
  return {
    name: 'one-page',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      const page = bundle['index.html'];
      if (page?.type !== 'asset') throw new Error('index.html is missing in the bundle.');
      let html = String(page.source);
      let head = '';
      let body = '';
      for (const [name, part] of Object.entries(bundle)) {
        if (part === page) continue;
        if (part.type === 'chunk') body += `<script type="module" nonce="{nonce}">\n${part.code.replaceAll('</script', '<\\/script').trim()}\n</script>\n`;
        else if (name.endsWith('.css')) head += `<style nonce="{nonce}">${String(part.source).trim()}</style>\n`;
        else throw new Error(`${name} cannot be a part of one page.`);
        delete bundle[name];
      }
      html = html.replace(/\s*<script[^>]*src=[^>]*><\/script>/g, '').replace(/\s*<link rel="stylesheet"[^>]*>/g, '');
      page.source = html.replace('</head>', () => `${head}</head>`).replace('</body>', () => `${body}</body>`);
    },
  };
}

export default defineConfig({
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    cssCodeSplit: false,
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  plugins: [onePage()],
  server: { host: '127.0.0.1', proxy: { '/api': app } },
});
