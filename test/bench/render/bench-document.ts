/** The document of the bench's pages, as Vite builds one. */

import type { DocumentShell } from "../../../edge/render/contract.ts";

export const DOCUMENT: DocumentShell = {
  start: `<!doctype html>
<html lang="en">
  <head>
    <meta charset="UTF-8" />
    <link rel="icon" href="/favicon.svg" />
    <meta name="viewport" content="width=device-width, initial-scale=1.0" />
    `,
  title: "<title>The Bench</title>",
  middle: `
    <script type="module" crossorigin src="/assets/index-C6dn1XwP.js"></script>
    <link rel="stylesheet" crossorigin href="/assets/index-Bh2kQ0aV.css">
  </head>
  <body>
    `,
  end: `
  </body>
</html>
`,
};
