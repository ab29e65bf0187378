/** Puts one text into an asset store, as `storeAssets` would. */

import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Asset } from "../../../edge/cache/contract.ts";

export function storeText(assetsFolder: string, content: string): Asset {
  const sha256 = createHash("sha256").update(content).digest("hex");
  writeFileSync(join(assetsFolder, sha256), content);
  const contentType = "text/css; charset=utf-8";
  return { sha256, contentType, sizeBytes: Buffer.byteLength(content), immutable: false };
}
