/** Decides between WSGI and ASGI by what the app says, never by which server is installed. */

import { buildFact } from "../build-fact.ts";
import type { Confidence, Detection, Detector, Facts, ProjectFiles } from "../facts.ts";
import { listProcessCommands } from "../process-commands.ts";
import { findModuleFile, readPython, readSettingsSources } from "../python-source.ts";
import { findStringSetting } from "../settings-text.ts";
import { matchText } from "../text-match.ts";

interface Reason {
  readonly value: "wsgi" | "asgi";
  readonly from: string;
  readonly confidence: Confidence;
}

export const interfaceDetector: Detector = {
  name: "interface",
  detect(files: ProjectFiles, known: Facts): Detection {
    if (known["backend.root"] === undefined) return { facts: {} };
    const reason = decideInterface(files, known);
    return {
      facts: {
        "backend.interface": buildFact(
          "backend.interface",
          reason.value,
          reason.from,
          reason.confidence,
        ),
      },
    };
  },
};

function decideInterface(files: ProjectFiles, known: Facts): Reason {
  const { "backend.wsgi": wsgi, "backend.asgi": asgi } = known;
  if (asgi?.value == null)
    return { value: "wsgi", from: "no ASGI application", confidence: "likely" };
  const wanted = findAsgiReason(files, known);
  if (wanted !== null) return { value: "asgi", from: wanted, confidence: "likely" };
  if (wsgi?.value == null) return { value: "asgi", from: asgi.from, confidence: "likely" };
  return { value: "wsgi", from: "default: nothing asks for ASGI", confidence: "guess" };
}

/** Evidence that the app is written for ASGI, or null. `asgi.py` alone is none: startproject writes it. */
function findAsgiReason(files: ProjectFiles, known: Facts): string | null {
  const setting = findStringSetting(readSettingsSources(files, known), "ASGI_APPLICATION");
  if (setting !== null) return setting.at;
  const { "backend.channels": channels } = known;
  if (channels?.value === true) return channels.from;
  const server = listProcessCommands(files, known).find(
    ({ name, command }) =>
      name === "web" && /\b(uvicorn|daphne|hypercorn)\b|--interface asgi/i.test(command),
  );
  return server?.at ?? findMizanSocket(files, known);
}

/** Mizan's channels wrap the ASGI application (reference/protocol.md, 2.5): `wrap_asgi(get_asgi_application())`. */
function findMizanSocket(files: ProjectFiles, known: Facts): string | null {
  const module = known["backend.asgi"]?.value?.split(":")[0];
  const path = findModuleFile(files, known["backend.root"]?.value ?? ".", module ?? "");
  const source = path === null ? null : readPython(files, path);
  if (source === null) return null;
  return matchText(source.path, source.text, /\bwrap_asgi\s*\(/)[0]?.at ?? null;
}
