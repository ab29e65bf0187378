/** `mizan open`. */

import { z } from "zod";
import { openTarget } from "../targets/open-target.ts";
import { requireUrl } from "../targets/require-url.ts";
import { openBrowser } from "../tools/open-browser.ts";
import { defineCommand } from "./define-command.ts";

export const open = defineCommand({
  name: "open",
  flags: [],
  options: z.strictObject({}),
  async run(context) {
    const url = requireUrl(await (await openTarget(context)).status());
    return { url, opened: await openBrowser(url, context.env) };
  },
  render: (result) => [result.opened ? `Opened ${result.url}` : `Open ${result.url} in a browser`],
});
