/** `mizan releases`. */

import { z } from "zod";
import { openTarget } from "../targets/open-target.ts";
import { defineCommand } from "./define-command.ts";

export const releases = defineCommand({
  name: "releases",
  flags: [],
  options: z.strictObject({}),
  run: async (context) => ({ releases: await (await openTarget(context)).releases() }),
  render: (result) =>
    result.releases.length === 0
      ? ["No releases yet. Next: mizan deploy"]
      : result.releases.map((release) => {
          const commit = release.gitCommit?.slice(0, 8) ?? "no git";
          const dirty = release.dirty ? "+changes" : "";
          const mark = release.current ? "→" : " ";
          return `${mark} ${release.id}  ${release.createdAt}  ${release.status.padEnd(10)} ${commit}${dirty}`;
        }),
});
