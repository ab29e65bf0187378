import { expect, test } from "vitest";
import { sampleBoard, sampleChange } from "../test-server.ts";
import { applyChange, applyChanges } from "./board-state.ts";

test("a change becomes the state of its line and the head of the log", () => {
  const change = sampleChange();
  const board = applyChange(sampleBoard(), change);
  expect(board).toMatchObject({ version: 1, changes: [change] });
  expect(board?.lines.map(({ state }) => state)).toEqual(["good", "severe"]);
});

test("a change that is known changes nothing", () => {
  const board = sampleBoard({ version: 4 });
  expect(applyChange(board, sampleChange({ version: 4 }))).toBe(board);
  expect(applyChange(board, sampleChange({ version: 2 }))).toBe(board);
});

test("a change that does not follow says that something is missing", () => {
  expect(applyChange(sampleBoard(), sampleChange({ version: 2 }))).toBeNull();
  expect(applyChanges(sampleBoard(), [sampleChange(), sampleChange({ version: 3 })])).toBeNull();
});

test("a change that the board held already, though its number is older, is not shown twice", () => {
  const change = sampleChange({ version: 2 });
  const newest = sampleChange({ version: 3, state: "good", message: "" });
  const read = sampleBoard({ version: 1, changes: [newest, change] });
  const lines = read.lines.map((line) => (line.id === 3 ? { ...line, change: newest } : line));
  const board = applyChanges({ ...read, lines }, [change, newest]);
  expect(board?.changes).toEqual([newest, change]);
  expect(board?.lines[1]).toMatchObject({ state: "good", change: newest });
});
