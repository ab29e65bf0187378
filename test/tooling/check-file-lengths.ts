/** Refuses source files that do not fit in a head: more than 400 lines (house style B7). */

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

const MAX_LINES = 400;
const SOURCE_EXTENSIONS = new Set([".ts", ".tsx", ".mjs", ".py", ".sh"]);

const root = join(import.meta.dirname, "../..");
const listed = execFileSync(
  "git",
  ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
  {
    cwd: root,
    encoding: "utf8",
  },
);
const tooLong = listed
  .split("\0")
  .filter((file) => SOURCE_EXTENSIONS.has(extname(file)) && !file.startsWith("test/fixtures/"))
  .filter((file) => existsSync(join(root, file))) // deleted, not yet committed
  .map((file) => ({ file, lines: readFileSync(join(root, file), "utf8").split("\n").length - 1 }))
  .filter(({ lines }) => lines > MAX_LINES);

for (const { file, lines } of tooLong)
  console.error(`${file}: ${lines} lines, at most ${MAX_LINES}`);
if (tooLong.length > 0) process.exitCode = 1;
