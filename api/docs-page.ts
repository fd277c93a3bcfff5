/** The API document for people: Swagger UI out of node_modules, so that it works without any network. */
import express, { Router } from 'express';
import path from 'node:path';
import { errorList } from '../domain/errors';

const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'] as const;

const PAGE = `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>Southbound 港股通运营接口</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;
// A file of its own, because the content policy forbids scripts inside the page.
const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: true, validatorUrl: null });\n`;

/**
 * `/openapi.json`, `/docs` and `/problems`.
 * @param describe makes the document, when somebody first asks for it: that takes a second, which no start has to wait for
 */
export function docsPage(describe: () => object): Router {
  const router = Router();
  let document: object | undefined;
  const folder = path.dirname(require.resolve('swagger-ui-dist/package.json'));
  router.get('/openapi.json', (_, response) => void response.json((document ??= describe())));
  router.get('/docs', (_, response) => void response.type('html').send(PAGE));
  router.get('/docs/start.js', (_, response) => void response.type('js').send(START));
  for (const asset of ASSETS) {
    router.use(`/docs/${asset}`, express.static(path.join(folder, asset), { index: false }));
  }
  router.get('/problems', (_, response) => void response.type('html').send(problemsPage()));
  return router;
}

/** Every code with its status and sentences: what the `type` of a problem points to. */
function problemsPage(): string {
  const rows = errorList
    .map(
      ({ code, status, zh, en }) =>
        `<tr id="${code}"><td>${code}</td><td>${status}</td><td>${zh}</td><td>${en}</td></tr>`,
    )
    .join('\n');
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>拒绝代码 refusals</title></head>
<body><table><tr><th>code</th><th>HTTP</th><th>中文</th><th>English</th></tr>
${rows}
</table></body></html>
`;
}
