import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, describe, expect, test, vi } from "vitest";
import { App } from "./app.tsx";
import { sampleNote, startTestServer } from "./test-server.ts";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const NOBODY = { "GET /api/session/": { user: null }, "GET /api/tags/": { tags: [] } };
const pageOf = (...notes: object[]) => ({ notes, page: 1, pages: 1, count: notes.length });

function openPage(path: string) {
  render(
    <MemoryRouter initialEntries={[path]}>
      <App />
    </MemoryRouter>,
  );
}

function fill(label: string, value: string) {
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
}

describe("the list", () => {
  test("invites to write the first note when there is none", async () => {
    startTestServer({ ...NOBODY, "GET /api/notes/": pageOf() });
    openPage("/");
    expect(await screen.findByText("No notes yet")).toBeDefined();
  });

  test("shows notes that link to their pages", async () => {
    startTestServer({ ...NOBODY, "GET /api/notes/": pageOf(sampleNote()) });
    openPage("/");
    const link = await screen.findByRole("link", { name: "A kingfisher at the weir" });
    expect(link.getAttribute("href")).toBe("/notes/3");
  });

  test("asks for what the address says", async () => {
    const exchanges = startTestServer({ ...NOBODY, "GET /api/notes/": pageOf() });
    openPage("/?q=heron&page=2");
    expect(await screen.findByText("Nothing found")).toBeDefined();
    expect(exchanges.map(({ path }) => path)).toContain("/api/notes/?q=heron&page=2");
  });

  test("says what failed and tries again", async () => {
    let isDown = true;
    startTestServer({
      ...NOBODY,
      "GET /api/notes/": () => (isDown ? new Response("", { status: 503 }) : pageOf(sampleNote())),
    });
    openPage("/");
    const retry = await screen.findByRole("button", { name: "Try again" });
    isDown = false;
    fireEvent.click(retry);
    expect(await screen.findByText("A kingfisher at the weir")).toBeDefined();
  });
});

describe("a note", () => {
  test("shows its photo as soon as the thumbnail is made", async () => {
    const photo = { state: "processing", url: "/media/photos/a.jpg", thumbnailUrl: null };
    let asked = 0;
    startTestServer({
      ...NOBODY,
      "GET /api/notes/3/": () => {
        asked += 1;
        const ready = { ...photo, state: "ready", thumbnailUrl: "/media/thumbnails/a.webp" };
        return sampleNote({ photo: asked > 1 ? ready : photo });
      },
    });
    openPage("/notes/3");
    expect(await screen.findByText("Developing the photo…")).toBeDefined();
    const image = await screen.findByRole("img", {}, { timeout: 3000 });
    expect(image.getAttribute("src")).toBe("/media/thumbnails/a.webp");
  });

  test("shows a new comment below the others", async () => {
    const exchanges = startTestServer({
      ...NOBODY,
      "GET /api/notes/3/": sampleNote(),
      "POST /api/notes/3/comments/": () =>
        Response.json(
          { id: 9, author: "Tom", body: "Well seen.", createdAt: "2026-11-21T08:00:00+00:00" },
          { status: 201 },
        ),
    });
    openPage("/notes/3");
    await screen.findByText("No comments yet");
    fill("Your name", "Tom");
    fill("Comment", "Well seen.");
    fireEvent.click(screen.getByRole("button", { name: "Add the comment" }));
    expect(await screen.findByText("Well seen.")).toBeDefined();
    const fields = exchanges.find(({ method }) => method === "POST")?.body as FormData;
    expect([...fields]).toEqual([
      ["author", "Tom"],
      ["body", "Well seen."],
    ]);
  });

  test("that does not exist is a page of its own", async () => {
    startTestServer(NOBODY);
    openPage("/notes/99");
    expect(await screen.findByText("This path ends here")).toBeDefined();
  });
});

describe("the desk", () => {
  const totals = { notes: 1, hidden: 0, processing: 0, comments: 0 };

  test("is closed to those who are not signed in", async () => {
    startTestServer(NOBODY);
    openPage("/desk");
    expect(await screen.findByRole("heading", { name: "Sign in" })).toBeDefined();
  });

  test("opens after signing in, and hides a note", async () => {
    let hidden = false;
    startTestServer({
      ...NOBODY,
      "POST /api/session/": { user: { name: "warden" } },
      "GET /api/desk/": () => ({ ...pageOf(sampleNote({ hidden })), totals }),
      "PATCH /api/notes/3/": ({ body }) => {
        hidden = JSON.parse(String(body)).hidden;
        return sampleNote({ hidden });
      },
    });
    openPage("/sign-in");
    fill("User name", "warden");
    fill("Password", "quiet-reed-bed");
    fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
    fireEvent.click(await screen.findByRole("button", { name: /^Hide/ }));
    expect(await screen.findByRole("button", { name: /^Show/ })).toBeDefined();
  });

  test("shows why signing in failed", async () => {
    startTestServer({
      ...NOBODY,
      "POST /api/session/": () =>
        Response.json(
          { error: "Please check the form.", errors: { __all__: ["Wrong password."] } },
          { status: 400 },
        ),
    });
    openPage("/sign-in");
    fireEvent.submit(screen.getByRole("button", { name: "Sign in" }));
    await waitFor(() => expect(screen.getByRole("alert").textContent).toBe("Wrong password."));
  });
});
