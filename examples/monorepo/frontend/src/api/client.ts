/** One door to the API: JSON out, JSON in, Django's CSRF token on every write. */

export type FieldErrors = Readonly<Record<string, readonly string[]>>;

/** The API said no, or did not answer. `message` is for people. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  /** HTTP status; 0: no answer. */
  readonly status: number;
  /** What the API said beside the message. */
  readonly refusal: Refusal;

  constructor(status: number, message: string, refusal: Refusal = {}) {
    super(message);
    this.status = status;
    this.refusal = refusal;
  }
}

export interface Refusal {
  readonly error?: string;
  /** Messages by field; those about the whole form are under `__all__`. */
  readonly errors?: FieldErrors;
  readonly [more: string]: unknown;
}

export interface RequestOptions {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly body?: object;
  readonly signal?: AbortSignal;
}

/**
 * Ask the API. `path` starts with `/api/`.
 *
 * @throws {RequestError} when the answer is not 2xx, or when there is none
 */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const { method = "GET", body, signal } = options;
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRFToken"] = readCookie("csrftoken");
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await send(path, {
    method,
    headers,
    body: body && JSON.stringify(body),
    signal,
  });
  if (response.ok) return (await response.json()) as T;
  const refusal = await readRefusal(response);
  throw new RequestError(
    response.status,
    refusal.error ?? describeStatus(response.status),
    refusal,
  );
}

/** A failure as one that can be shown. */
export function asRequestError(cause: unknown): RequestError {
  if (cause instanceof RequestError) return cause;
  console.error(cause);
  return new RequestError(0, "Something went wrong in this page. Please reload it.");
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new RequestError(0, "The server does not answer. Are you online?");
  }
}

/** What the API says about a refusal; a proxy's or Django's own page says nothing that we can use. */
async function readRefusal(response: Response): Promise<Refusal> {
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  return isJson ? ((await response.json()) as Refusal) : {};
}

function describeStatus(status: number): string {
  if (status === 403) return "Your session has ended. Reload the page and try again.";
  if (status === 404) return "There is nothing here.";
  return `Something went wrong on the server (${status}). Please try again.`;
}

/** Value of a cookie, or an empty text. */
export function readCookie(name: string): string {
  const prefix = `${name}=`;
  const pair = document.cookie.split("; ").find((part) => part.startsWith(prefix));
  return pair ? decodeURIComponent(pair.slice(prefix.length)) : "";
}
