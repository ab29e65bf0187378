/** Runs on a small disk of its own: `full-disk-child.ts <folder>`; prints what happened as JSON. */
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createFolderStore } from "../../../cli/state/folder-store.ts";

const [folder = ""] = process.argv.slice(2);
const store = createFolderStore(join(folder, "state"));
const etag = (await store.create("current", { release: "a" })) ?? "";

const fillerPath = join(folder, "filler");
const filled = await writeFile(fillerPath, "x".repeat(4 * 1024 * 1024)).catch(
  (error: NodeJS.ErrnoException) => error.code,
);
const big = { release: "b", filler: "y".repeat(20_000) };
const fail = (error: unknown) => error as { code?: string; exitCode?: number; hint?: string };
const replaced = await store.replace("current", big, etag).catch(fail);
const created = await store.create("releases/b", big).catch(fail);
const during = await store.read("current");
const leftovers = await readdir(join(folder, "state/current"));
await rm(fillerPath);
const after = await store.replace("current", big, etag);

process.stdout.write(
  JSON.stringify({
    filled,
    replaced: typeof replaced === "object" ? replaced : "replaced",
    created: typeof created === "object" ? created : "created",
    exitCode: typeof replaced === "object" ? replaced?.exitCode : null,
    during: during?.value,
    leftovers,
    after,
  }),
);
