/** Requests byte by byte, for what Node's client would put right or refuse to send. */

import { once } from "node:events";
import { connect } from "node:net";
import { buffer } from "node:stream/consumers";

export interface RawAnswer {
  readonly status: number;
  /** By lower-case name; of several fields the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Longer than any answer of a test takes: a connection that hangs fails by name. */
const HANGS_AFTER_MS = 10_000;

/**
 * Sends the bytes on one connection and reads until the Edge closes it.
 * @param bytes one character each
 * @returns every answer that came, in order
 */
export async function askRaw(port: number, bytes: string): Promise<readonly RawAnswer[]> {
  const socket = connect(port, "127.0.0.1");
  socket.setTimeout(HANGS_AFTER_MS, () => socket.destroy(new Error(`no end to: ${bytes}`)));
  await once(socket, "connect");
  socket.write(bytes, "latin1");
  const received = await buffer(socket);
  return parseAnswers(received.toString("latin1"));
}

/** A request's head, without what ends the connection: see `CLOSE`. */
export function buildHead(line: string, fields: readonly string[]): string {
  return `${[line, ...fields].join("\r\n")}\r\n\r\n`;
}

export const CLOSE = "Connection: close";

function parseAnswers(text: string): readonly RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = text;
  while (rest !== "") {
    const end = rest.indexOf("\r\n\r\n");
    const [line = "", ...fields] = rest.slice(0, end).split("\r\n");
    const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(line)?.[1];
    if (end < 0 || status === undefined) throw new Error(`no answer: ${rest}`);
    const headers = Object.fromEntries(fields.map(parseField));
    const { body, length } = readBody(rest.slice(end + 4), headers);
    answers.push({ status: Number(status), headers, body });
    rest = rest.slice(end + 4 + length);
  }
  return answers;
}

function parseField(field: string): readonly [string, string] {
  const colon = field.indexOf(":");
  return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
}

/** @returns `length`: how much of the text the body took */
function readBody(text: string, headers: Readonly<Record<string, string>>) {
  const length = headers["content-length"];
  if (length !== undefined) return { body: text.slice(0, Number(length)), length: Number(length) };
  if (headers["transfer-encoding"] !== "chunked") return { body: text, length: text.length };
  let body = "";
  let at = 0;
  for (;;) {
    const lineEnd = text.indexOf("\r\n", at);
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    if (lineEnd < 0 || Number.isNaN(size)) throw new Error(`no chunk: ${text.slice(at)}`);
    body += text.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
    if (size === 0) return { body, length: at };
  }
}
