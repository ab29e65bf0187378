import { afterEach, describe, expect, test, vi } from "vitest";
import { startTestServer } from "../test-server.ts";
import { RequestError, request } from "./client.ts";

afterEach(() => vi.unstubAllGlobals());

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable("it did not fail"),
    (error: unknown) => error as RequestError,
  );

describe("request", () => {
  test("sends the CSRF token with writes and not with reads", async () => {
    // biome-ignore lint/suspicious/noDocumentCookie: how browsers get it from Django
    document.cookie = "csrftoken=abc%3D";
    const exchanges = startTestServer({ "GET /api/a/": {}, "POST /api/a/": {} });
    await request("/api/a/");
    await request("/api/a/", { method: "POST", body: { title: "x" } });
    expect(exchanges.map(({ headers }) => headers.get("x-csrftoken"))).toEqual([null, "abc="]);
    expect(exchanges[1]?.body).toBe('{"title":"x"}');
  });

  test("lets the browser choose the content type of a form", async () => {
    const exchanges = startTestServer({ "POST /api/a/": {} });
    await request("/api/a/", { method: "POST", body: new FormData() });
    expect(exchanges[0]?.headers.has("content-type")).toBe(false);
  });

  test("gives the API's messages by field", async () => {
    startTestServer({
      "POST /api/a/": () =>
        Response.json(
          { error: "Please check the form.", errors: { title: ["Too long."] } },
          { status: 400 },
        ),
    });
    const error = await failureOf(request("/api/a/", { method: "POST", body: {} }));
    expect(error).toBeInstanceOf(RequestError);
    expect(error).toMatchObject({
      status: 400,
      message: "Please check the form.",
      fieldErrors: { title: ["Too long."] },
    });
  });

  test("says something useful about an answer that is no JSON", async () => {
    startTestServer({
      "GET /api/a/": () => new Response("<h1>Bad gateway</h1>", { status: 502 }),
    });
    const error = await failureOf(request("/api/a/"));
    expect(error.message).toBe("Something went wrong on the server (502). Please try again.");
  });

  test("says when nobody answers", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("fetch failed")));
    const error = await failureOf(request("/api/a/"));
    expect(error).toMatchObject({
      status: 0,
      message: "The server does not answer. Are you online?",
    });
  });
});
