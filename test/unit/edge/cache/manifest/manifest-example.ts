/** The manifest of `protocol.md` 1.7, and how to make another of it. */

import type { Manifest } from "../../../../../edge/cache/manifest/manifest.ts";
import { parseManifest } from "../../../../../edge/cache/manifest/parse-manifest.ts";

export const EXAMPLE = {
  contexts: {
    catalog: {
      endpoints: ["/api/mizan/ctx/catalog/"],
      functions: [{ name: "catalog_page", path: "rpc" }],
      page_routes: [],
      params: ["page"],
      render_strategy: "psr",
      user_scoped: false,
    },
    user: {
      endpoints: ["/api/mizan/ctx/user/"],
      functions: [
        { methods: ["GET"], name: "profile_page", path: "view", route: "/profile/:user_id/" },
        { name: "user_profile", path: "rpc" },
      ],
      page_routes: ["/profile/:user_id/"],
      params: ["user_id"],
      render_strategy: "dynamic_cached",
      user_scoped: true,
    },
  },
  mutations: {
    stripe_webhook: {
      affects: ["subscription"],
      auto_scoped_params: [],
      private: true,
      route: "/webhooks/stripe/",
    },
    update_profile: { affects: ["user"], auto_scoped_params: ["user_id"], private: false },
  },
  version: 1,
};

/** A context with nothing but what a test names. */
export function buildContext(name: string, fields: Readonly<Record<string, unknown>> = {}) {
  return { endpoints: [`/api/mizan/ctx/${name}/`], functions: [], params: [], ...fields };
}

/** @throws if the manifest has errors */
export function readManifest(raw: unknown): Manifest {
  const { manifest, problems } = parseManifest(raw);
  if (manifest === null) throw new Error(JSON.stringify(problems));
  return manifest;
}

export function readContexts(
  contexts: Readonly<Record<string, unknown>>,
  mutations: Readonly<Record<string, unknown>> = {},
): Manifest {
  return readManifest({ version: 1, contexts, mutations });
}
