import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Asset {
  readonly type: string;
  readonly content: string | Buffer;
}

const PACKAGE = dirname(require.resolve('swagger-ui-dist/package.json'));

/** Read at the first request: most instances are never asked for these 1.5 MB. */
function packaged(name: string, type: string): Asset {
  let content: Buffer | undefined;
  return {
    type,
    get content() {
      return (content ??= readFileSync(join(PACKAGE, name)));
    },
  };
}

const PAGE = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Convene API</title>
  <link rel="stylesheet" href="/reference/swagger-ui.css">
  <link rel="icon" type="image/png" href="/reference/favicon-32x32.png">
</head>
<body>
  <div id="swagger-ui"></div>
  <script src="/reference/swagger-ui-bundle.js"></script>
  <script src="/reference/start.js"></script>
</body>
</html>
`;

/** The cookies of a login made on the page go with every call made on it. */
const START = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayRequestDuration: true,
  filter: true,
  withCredentials: true,
  docExpansion: 'list',
});
`;

/** A page that browses and calls the API, served from the package: nothing is fetched from elsewhere. */
export const PAGE_ASSET: Asset = { type: 'text/html; charset=utf-8', content: PAGE };

export const ASSETS: ReadonlyMap<string, Asset> = new Map([
  ['start.js', { type: 'text/javascript; charset=utf-8', content: START }],
  ['swagger-ui-bundle.js', packaged('swagger-ui-bundle.js', 'text/javascript; charset=utf-8')],
  ['swagger-ui.css', packaged('swagger-ui.css', 'text/css; charset=utf-8')],
  ['favicon-32x32.png', packaged('favicon-32x32.png', 'image/png')],
]);

/** Scripts of our own only; the viewer puts styles into elements. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
