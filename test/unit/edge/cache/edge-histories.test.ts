import { expect, test } from "vitest";
import { checkEdge } from "../../../mutants/edge/edge-check.ts";
import { loadEdge } from "../../../mutants/edge/load-edge.ts";
import { PROFILES, type ProfileName } from "../../../mutants/edge/profiles.ts";

/** `MIZAN_HISTORIES=20000` looks longer, and elsewhere each time. */
const given = process.env["MIZAN_HISTORIES"];
const search = given === undefined ? { runs: 150, seed: 1 } : { runs: Number(given) };

/** Of a busy machine; a history takes about 10 ms. */
const TIMEOUT_MS = 60_000 + search.runs * 100;

const program = await loadEdge();

test.each(Object.keys(PROFILES) as ProfileName[])(
  "what ships keeps its promises in every history of %s",
  async (name) => {
    expect(await checkEdge(program, name, { ...search, shrinks: true })).toBeNull();
  },
  TIMEOUT_MS,
);
