/** The board as this page knows it, and how changes go into it. */

import type { Board, Change } from "../api/board.ts";

/** As many as the API gives. */
const LOG_LENGTH = 30;

/**
 * @returns null: something between was missed. The same board: it was known already.
 */
export function applyChange(board: Board, change: Change): Board | null {
  if (change.version <= board.version) return board;
  if (change.version > board.version + 1) return null;
  const lines = board.lines.map((line) => {
    // The board may have been read just after this change was made.
    const isNewer = change.version > (line.change?.version ?? 0);
    return line.id === change.line && isNewer ? { ...line, state: change.state, change } : line;
  });
  const known = board.changes.some(({ version }) => version === change.version);
  const changes = known ? board.changes : [change, ...board.changes].slice(0, LOG_LENGTH);
  return { ...board, version: change.version, lines, changes };
}

/** @param changes oldest first */
export function applyChanges(board: Board, changes: readonly Change[]): Board | null {
  return changes.reduce<Board | null>(
    (current, change) => (current === null ? null : applyChange(current, change)),
    board,
  );
}
