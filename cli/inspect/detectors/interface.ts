/** Decides between WSGI and ASGI by what the app says, never by which server is installed. */

import { buildFact } from "../build-fact.ts";
import { type Contender, listCandidates } from "../candidates.ts";
import type {
  Candidate,
  Confidence,
  Detection,
  Detector,
  Fact,
  Facts,
  ProjectFiles,
} from "../facts.ts";
import { listProcessCommands } from "../process-commands.ts";
import { findModuleFile, readPython, readSettingsSources } from "../python-source.ts";
import { findStringSetting } from "../settings-text.ts";
import { matchText } from "../text-match.ts";

type Interface = "wsgi" | "asgi";

export const interfaceDetector: Detector = {
  name: "interface",
  finds: ["backend.interface"],
  detect(files: ProjectFiles, known: Facts): Detection {
    if (known["backend.root"] === undefined) return { facts: {} };
    return { facts: { "backend.interface": decideInterface(files, known) } };
  },
};

function decideInterface(files: ProjectFiles, known: Facts): Fact<Interface> {
  const { "backend.wsgi": wsgi, "backend.asgi": asgi } = known;
  const wsgiOption = toContenders("wsgi", wsgi, "the app has it, but is written for ASGI");
  if (asgi?.value == null) return build("wsgi", "no ASGI application", "likely");
  const [wanted, ...alsoWanted] = listAsgiReasons(files, known);
  if (wanted !== undefined) {
    const considered = listCandidates(wanted, [...alsoWanted, ...wsgiOption]);
    return build("asgi", wanted.from, "likely", considered);
  }
  if (wsgi?.value == null) return build("asgi", asgi.from, "likely");
  const from = "default: nothing asks for ASGI";
  const chosen = { value: "wsgi", from, why: "every Django app runs by WSGI" };
  const why = "startproject writes an ASGI application, and nothing asks for it";
  return build("wsgi", from, "guess", listCandidates(chosen, toContenders("asgi", asgi, why)));
}

function build(
  value: Interface,
  from: string,
  confidence: Confidence,
  considered: readonly Candidate[] = [],
): Fact<Interface> {
  return buildFact("backend.interface", value, from, confidence, considered);
}

function toContenders(
  value: Interface,
  application: Fact<string | null> | undefined,
  why: string,
): readonly Contender[] {
  return application?.value == null ? [] : [{ value, from: application.from, why }];
}

/**
 * Evidence that the app is written for ASGI, the best first. `asgi.py` alone is none: startproject
 * writes it.
 */
function listAsgiReasons(files: ProjectFiles, known: Facts): readonly Contender[] {
  const setting = findStringSetting(readSettingsSources(files, known), "ASGI_APPLICATION");
  const { "backend.channels": channels } = known;
  const server = listProcessCommands(files, known).find(
    ({ name, command }) =>
      name === "web" && /\b(uvicorn|daphne|hypercorn)\b|--interface asgi/i.test(command),
  );
  const reasons: readonly (readonly [string | null | undefined, string])[] = [
    [setting?.at, "the settings name an ASGI application"],
    [channels?.value === true ? channels.from : null, "Channels needs ASGI"],
    [server?.at, "the Procfile's web process starts an ASGI server"],
    [findMizanSocket(files, known), "Mizan's channels wrap the ASGI application"],
  ];
  return reasons.flatMap(([from, why]) => (from ? [{ value: "asgi", from, why }] : []));
}

/** Mizan's channels wrap the ASGI application (reference/protocol.md, 2.5): `wrap_asgi(get_asgi_application())`. */
function findMizanSocket(files: ProjectFiles, known: Facts): string | null {
  const module = known["backend.asgi"]?.value?.split(":")[0];
  const path = findModuleFile(files, known["backend.root"]?.value ?? ".", module ?? "");
  const source = path === null ? null : readPython(files, path);
  if (source === null) return null;
  return matchText(source.path, source.text, /\bwrap_asgi\s*\(/)[0]?.at ?? null;
}
