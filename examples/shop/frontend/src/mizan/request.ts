/** Requests to Django: JSON out and in, the CSRF token on every write, the protocol's errors as exceptions. */

export type FieldErrors = Readonly<Record<string, readonly string[]>>;

/** The backend said no, or did not answer. `message` is for people. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  /** HTTP status; 0: no answer. */
  readonly status: number;
  /** The protocol's `error.details`; what it is depends on the function. */
  readonly details: unknown;

  constructor(status: number, message: string, details?: unknown) {
    super(message);
    this.status = status;
    this.details = details;
  }
}

export interface RequestOptions {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly body?: object;
  /** MWT, or null for a request on the session's account. */
  readonly token?: string | null;
}

interface ErrorEnvelope {
  readonly error?: { readonly message?: string; readonly details?: unknown };
}

/** Pauses before the second and the third try of a read. Writes are never repeated. */
const RETRY_DELAYS_MS = [200, 400];

/** @throws {RequestError} when the answer is not 2xx, or when there is none */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const isRead = (options.method ?? "GET") === "GET";
  for (const delayMs of isRead ? RETRY_DELAYS_MS : []) {
    const response = await send(path, options).catch(() => null);
    if (response !== null && response.status < 500) return readAnswer<T>(response);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
  }
  return readAnswer<T>(await send(path, options));
}

async function send(path: string, options: RequestOptions): Promise<Response> {
  const { method = "GET", body, token } = options;
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRFToken"] = readCookie("csrftoken");
  if (body) headers["Content-Type"] = "application/json";
  if (token) headers["X-Mizan-Token"] = token;
  try {
    return await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  } catch (cause) {
    throw Object.assign(new RequestError(0, "The shop does not answer. Are you online?"), {
      cause,
    });
  }
}

async function readAnswer<T>(response: Response): Promise<T> {
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  if (response.ok && isJson) return (await response.json()) as T; // the backend's own shapes
  // A proxy's or Django's own page says nothing that we can use.
  const { error } = isJson ? ((await response.json()) as ErrorEnvelope) : {};
  throw new RequestError(
    response.status,
    error?.message ?? sayStatus(response.status),
    error?.details,
  );
}

/** For people, where the backend has no words of its own. */
export function sayStatus(status: number): string {
  return `Something went wrong (${status}). Please try again.`;
}

/** Value of a cookie, or an empty text. */
export function readCookie(name: string): string {
  const prefix = `${name}=`;
  const pair = document.cookie.split("; ").find((part) => part.startsWith(prefix));
  return pair ? decodeURIComponent(pair.slice(prefix.length)) : "";
}
