/** One door to the API: JSON or a form out, JSON in, Django's CSRF token on every write. */

export type FieldErrors = Readonly<Record<string, readonly string[]>>;

/** The API said no, or did not answer. `message` is for people. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  /** HTTP status; 0: no answer. */
  readonly status: number;
  /** Messages by field; those about the whole form are under `__all__`. */
  readonly fieldErrors: FieldErrors;

  constructor(status: number, message: string, fieldErrors: FieldErrors = {}) {
    super(message);
    this.status = status;
    this.fieldErrors = fieldErrors;
  }
}

export interface RequestOptions {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly body?: FormData | object;
  readonly signal?: AbortSignal;
}

interface Refusal {
  readonly error?: string;
  readonly errors?: FieldErrors;
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
  if (body && !(body instanceof FormData)) headers["Content-Type"] = "application/json";
  const response = await send(path, {
    method,
    headers,
    body: body instanceof FormData ? body : body && JSON.stringify(body),
    signal,
  });
  if (response.ok) return (await response.json()) as T;
  const refusal = await readRefusal(response);
  throw new RequestError(
    response.status,
    refusal.error ?? describeStatus(response.status),
    refusal.errors,
  );
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
  if (status === 413) return "That is too large to upload.";
  return `Something went wrong on the server (${status}). Please try again.`;
}

/** Value of a cookie, or an empty text. */
export function readCookie(name: string): string {
  const prefix = `${name}=`;
  const pair = document.cookie.split("; ").find((part) => part.startsWith(prefix));
  return pair ? decodeURIComponent(pair.slice(prefix.length)) : "";
}
