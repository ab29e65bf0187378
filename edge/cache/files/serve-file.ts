/** Answers with a file of the disk services: static files by content, uploads by path. */

import { type AnswerMark, setAnswerMark } from "../answer/answer-mark.ts";
import { createPlainAnswer } from "../answer/plain-answer.ts";
import type { Asset } from "../contract.ts";
import { findRange, isNotModified, type Validators } from "./conditional-request.ts";
import { buildSandboxHeaders, findMediaType } from "./media-type.ts";

/** A year: the longest that RFC 9111 caches are known to honour. */
const IMMUTABLE = "public, max-age=31536000, immutable";
/** Kept, but asked about each time: the URL's content may change with a release. */
const REVALIDATE = "no-cache";

/** A service binding of workerd to a folder. */
export type DiskService = Pick<Fetcher, "fetch">;

/** @returns 200, 206, 304 or 416; 502 if the store has lost the file */
export async function serveAsset(
  request: Request,
  asset: Asset,
  disk: DiskService,
  mark: AnswerMark,
): Promise<Response> {
  const etag = `"${asset.sha256}"`;
  const headers = new Headers({
    "content-type": asset.contentType,
    "cache-control": asset.immutable ? IMMUTABLE : REVALIDATE,
    etag,
    "x-content-type-options": "nosniff",
  });
  const validators: Validators = { etag, lastModified: null };
  if (isNotModified(request.headers, validators)) return createNotModified(headers, mark);
  const file = await readFile(request, disk, asset.sha256, validators);
  if (file !== null) return createFileAnswer(file, headers, mark);
  console.error(`the asset store has no ${asset.sha256}`);
  return createPlainAnswer(502, "This file is missing on the server.", { mark });
}

/** @returns 200, 206, 304, 404 or 416 */
export async function serveMedia(
  request: Request,
  path: string,
  disk: DiskService,
  mark: AnswerMark,
): Promise<Response> {
  // A question of its own, since what the browser has is judged by the file as it is now.
  const facts = await readFile(new Request(request.url, { method: "HEAD" }), disk, path);
  if (facts === null) return createPlainAnswer(404, "Not found", { mark });
  const lastModified = facts.headers.get("last-modified");
  const validators: Validators = { etag: null, lastModified };
  const contentType = findMediaType(path);
  const headers = new Headers({
    "content-type": contentType,
    "cache-control": REVALIDATE,
    "x-content-type-options": "nosniff",
    ...buildSandboxHeaders(contentType),
    ...(lastModified === null ? {} : { "last-modified": lastModified }),
  });
  if (isNotModified(request.headers, validators)) return createNotModified(headers, mark);
  const file = await readFile(request, disk, path, validators);
  return file === null
    ? createPlainAnswer(404, "Not found", { mark })
    : createFileAnswer(file, headers, mark);
}

/** @returns null for what is no file: missing, or a folder, which the service would list as JSON */
async function readFile(
  request: Request,
  disk: DiskService,
  path: string,
  validators: Validators = { etag: null, lastModified: null },
): Promise<Response | null> {
  const range = findRange(request.headers, validators);
  const file = await disk.fetch(`http://disk/${path}`, {
    method: request.method,
    headers: range === null ? {} : { range },
  });
  const isFile = file.status === 200 || file.status === 206;
  const isFolder = file.headers.get("content-type") !== "application/octet-stream";
  if (file.status === 416 || (isFile && !isFolder)) return file;
  await file.body?.cancel();
  return null;
}

function createNotModified(headers: Headers, mark: AnswerMark): Response {
  setAnswerMark(headers, mark);
  return new Response(null, { status: 304, headers });
}

function createFileAnswer(file: Response, headers: Headers, mark: AnswerMark): Response {
  headers.set("accept-ranges", "bytes");
  for (const name of ["content-length", "content-range"]) {
    const value = file.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  if (file.status === 416) headers.set("cache-control", "no-store"); // says nothing about the file
  setAnswerMark(headers, mark);
  return new Response(file.body, { status: file.status, headers });
}
