import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { App } from "./app.tsx";
import {
  lastSocket,
  sampleBoard,
  sampleChange,
  sampleLine,
  startTestServer,
  startTestSockets,
} from "./test-server.ts";

beforeEach(startTestSockets);
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const NOTHING_MISSED = { "GET /api/changes/": { complete: true, changes: [] } };
const PASSENGER = {
  ...NOTHING_MISSED,
  "GET /api/session/": { user: null },
  "GET /api/board/": sampleBoard(),
};
const IDA = { ...PASSENGER, "GET /api/session/": { user: { name: "ida" } } };

function openPage(path: string) {
  render(
    <MemoryRouter initialEntries={[path]}>
      <App />
    </MemoryRouter>,
  );
}

const say = (message: object) => act(() => lastSocket().say(message));
const greet = (app = "1.0.0") => say({ type: "hello", app });

describe("the board", () => {
  test("shows every line and says how many run well", async () => {
    startTestServer(PASSENGER);
    openPage("/");
    expect(await screen.findByRole("heading", { name: "Good service on all lines" })).toBeDefined();
    expect(screen.getByText("Harbour – Oak Park")).toBeDefined();
  });

  test("shows and announces a change as it is told", async () => {
    startTestServer(PASSENGER);
    openPage("/");
    await screen.findByText("Harbour – Oak Park");
    greet();
    expect(screen.getByText("Live")).toBeDefined();
    say({ type: "change", app: "1.0.0", change: sampleChange() });
    expect(screen.getByRole("heading", { name: "Good service on 1 of 2 lines" })).toBeDefined();
    expect(screen.getByText("Line 3: Severe delays. A tree has fallen.")).toBeDefined();
  });

  test("fetches what it missed while it was away", async () => {
    const exchanges = startTestServer({
      ...PASSENGER,
      "GET /api/changes/": { complete: true, changes: [sampleChange()] },
    });
    openPage("/");
    await screen.findByText("Harbour – Oak Park");
    greet();
    expect(await screen.findByText("Good service on 1 of 2 lines")).toBeDefined();
    expect(exchanges.map(({ path }) => path)).toContain("/api/changes/?after=0");
  });

  test("fetches what lies between when a change does not follow", async () => {
    const changes = [sampleChange(), sampleChange({ version: 2, state: "good", message: "" })];
    let missed: object[] = [];
    startTestServer({
      ...PASSENGER,
      "GET /api/changes/": () => ({ complete: true, changes: missed }),
    });
    openPage("/");
    await screen.findByText("Harbour – Oak Park");
    greet();
    await waitFor(() => expect(screen.getByText("Live")).toBeDefined());
    missed = changes;
    say({ type: "change", app: "1.0.0", change: changes[1] });
    expect(await screen.findByText("A tree has fallen.")).toBeDefined();
  });

  test("reads everything anew when it missed too much", async () => {
    let board = sampleBoard();
    startTestServer({
      ...PASSENGER,
      "GET /api/board/": () => board,
      "GET /api/changes/": { complete: false, changes: [] },
    });
    openPage("/");
    await screen.findByText("Harbour – Oak Park");
    board = sampleBoard({ version: 500, lines: [sampleLine({ name: "Sandvik – Airport" })] });
    greet();
    expect(await screen.findByText("Sandvik – Airport")).toBeDefined();
  });

  test("says that it is not live, and goes on showing what it knows", async () => {
    startTestServer(PASSENGER);
    openPage("/");
    await screen.findByText("Harbour – Oak Park");
    greet();
    act(() => lastSocket().end(1012));
    expect(screen.getByText("Reconnecting…")).toBeDefined();
    expect(screen.getByText("Harbour – Oak Park")).toBeDefined();
  });

  test("asks to reload when the server runs another version", async () => {
    startTestServer(PASSENGER);
    openPage("/");
    await screen.findByText("Harbour – Oak Park");
    greet("2.0.0");
    expect(screen.getByRole("button", { name: /new version.*reload/ })).toBeDefined();
  });

  test("says what failed and tries again", async () => {
    let isDown = true;
    startTestServer({
      ...PASSENGER,
      "GET /api/board/": () => (isDown ? new Response("", { status: 503 }) : sampleBoard()),
    });
    openPage("/");
    const retry = await screen.findByRole("button", { name: "Try again" });
    isDown = false;
    fireEvent.click(retry);
    expect(await screen.findByText("Harbour – Oak Park")).toBeDefined();
  });
});

describe("the desk", () => {
  async function openForm() {
    openPage("/desk");
    fireEvent.click(await screen.findByRole("button", { name: "Change line 3" }));
    fireEvent.click(screen.getByLabelText("Severe delays"));
    const message = screen.getByLabelText("What passengers should know");
    fireEvent.change(message, { target: { value: "A tree has fallen." } });
  }
  const send = () => fireEvent.click(screen.getByRole("button", { name: "Tell everybody" }));

  test("is for those who are signed in", async () => {
    startTestServer(PASSENGER);
    openPage("/desk");
    expect(await screen.findByRole("heading", { name: "Sign in" })).toBeDefined();
  });

  test("changes a line, and closes the form", async () => {
    const exchanges = startTestServer({
      ...IDA,
      "POST /api/lines/3/": () => Response.json({ change: sampleChange() }, { status: 201 }),
    });
    await openForm();
    send();
    expect(await screen.findByText("by ida")).toBeDefined();
    expect(screen.queryByLabelText("Severe delays")).toBeNull();
    expect(exchanges.find(({ method }) => method === "POST")?.body).toEqual({
      state: "severe",
      message: "A tree has fallen.",
      seen: 0,
    });
  });

  test("shows what somebody else has said meanwhile before it sends", async () => {
    startTestServer(IDA);
    await openForm();
    greet();
    const theirs = sampleChange({ author: "tom", state: "delays", message: "Five minutes." });
    say({ type: "change", app: "1.0.0", change: theirs });
    const alert = screen.getByRole("alert");
    expect(alert.textContent).toContain("tom has changed this line meanwhile: Minor delays");
    const button = screen.getByRole("button", { name: "Tell everybody" }) as HTMLButtonElement;
    expect(button.disabled).toBe(true);
    fireEvent.click(screen.getByRole("button", { name: /I have read it/ }));
    expect(button.disabled).toBe(false);
  });

  test("shows it as well when only the refusal tells", async () => {
    const change = sampleChange({ author: "tom" });
    startTestServer({
      ...IDA,
      "POST /api/lines/3/": () =>
        Response.json({ error: "tom has changed this line meanwhile.", change }, { status: 409 }),
    });
    await openForm();
    send();
    expect((await screen.findByRole("alert")).textContent).toContain("tom has changed this line");
    const message = screen.getByLabelText("What passengers should know") as HTMLTextAreaElement;
    expect(message.value).toBe("A tree has fallen.");
  });

  test("ties a message to its field", async () => {
    const errors = { message: ["Say in a sentence what passengers should know."] };
    startTestServer({
      ...IDA,
      "POST /api/lines/3/": () =>
        Response.json({ error: "Please check the form.", errors }, { status: 400 }),
    });
    await openForm();
    send();
    expect(await screen.findByText(/^Say in a sentence/)).toBeDefined();
    const field = screen.getByLabelText("What passengers should know");
    expect(field.getAttribute("aria-invalid")).toBe("true");
  });
});

test("an address that nothing is at says so", async () => {
  startTestServer(PASSENGER);
  openPage("/nowhere");
  expect(await screen.findByRole("heading", { name: "No tram stops here" })).toBeDefined();
});
