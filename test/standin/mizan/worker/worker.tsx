/**
 * What `bun run` runs beside Django: renders components that Django names by their file. Stands for
 * upstream's package `@mizan/ssr` where nobody has deployed.
 */

import { dirname } from "node:path";

interface Question {
  readonly id: number;
  readonly method: string;
  readonly params?: { readonly file: string; readonly props: Readonly<Record<string, unknown>> };
}

// stdout is for answers.
console.log = console.error;
console.info = console.error;
console.debug = console.error;

function answer(content: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(content)}\n`);
}

/** With the React of the component's own project: a second one would know nothing of its hooks. */
async function render(file: string, props: Readonly<Record<string, unknown>>): Promise<string> {
  const load = (name: string) => import(Bun.resolveSync(name, dirname(file)));
  const [{ createElement }, { renderToString }, component] = await Promise.all([
    load("react"),
    load("react-dom/server"),
    import(file),
  ]);
  if (component.default === undefined) throw new Error("it has no default export");
  return renderToString(createElement(component.default, props));
}

async function heed({ id, method, params }: Question): Promise<void> {
  try {
    if (method === "ping") answer({ id, pong: true });
    else if (method === "render" && params !== undefined)
      answer({ id, html: await render(params.file, params.props) });
    else throw new Error(`unknown method ${method}`);
  } catch (error) {
    answer({ id, error: error instanceof Error ? error.message : String(error) });
  }
}

answer({ id: 0, ready: true });
for await (const line of console) if (line !== "") void heed(JSON.parse(line));
