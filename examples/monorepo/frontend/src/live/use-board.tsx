/** The board for every page: read once, then kept up to date by what is told and what was missed. */

import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { type Board, type Change, fetchBoard, fetchMissed } from "../api/board.ts";
import { asRequestError, type RequestError } from "../api/client.ts";
import { applyChange, applyChanges } from "./board-state.ts";
import { LiveConnection, type LiveStatus } from "./live-connection.ts";

/** A net below the WebSocket: what was lost on the way is found within this time. */
const CHECK_MS = 30_000;

interface BoardContextValue {
  /** null: not there yet. */
  readonly board: Board | null;
  readonly error: RequestError | null;
  readonly status: LiveStatus;
  /** The last change that came while the page was open. */
  readonly latest: Change | null;
  /** The server runs another version of the app than this page. */
  readonly isOutdated: boolean;
  /** Puts one in that this page has learnt of. */
  readonly take: (change: Change) => void;
  readonly reload: () => void;
}

const BoardContext = createContext<BoardContextValue | null>(null);

export function useBoard(): BoardContextValue {
  const value = useContext(BoardContext);
  if (value === null) throw new Error("useBoard outside of BoardProvider");
  return value;
}

export function BoardProvider({ children }: { children: ReactNode }) {
  const [board, setBoard] = useState<Board | null>(null);
  const [error, setError] = useState<RequestError | null>(null);
  const [status, setStatus] = useState<LiveStatus>("connecting");
  const [latest, setLatest] = useState<Change | null>(null);
  const [app, setApp] = useState<string | null>(null);
  const known = useRef<Board | null>(null);

  const put = useCallback((next: Board) => {
    known.current = next;
    setBoard(next);
    setError(null);
  }, []);

  const catchUp = useCatchUp(known, put, setError);

  const take = useCallback(
    (change: Change) => {
      const before = known.current;
      const after = before && applyChange(before, change);
      if (before === null || after === null) return catchUp();
      if (after === before) return;
      put(after);
      setLatest(change);
    },
    [catchUp, put],
  );

  useEffect(() => {
    catchUp();
    const timer = setInterval(catchUp, CHECK_MS);
    const connection = new LiveConnection({
      url: `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/ws/board/`,
      onStatus: setStatus,
      onMessage: (message) => {
        setApp(message.app);
        if (message.type === "hello") catchUp();
        else take(message.change);
      },
    });
    return () => {
      clearInterval(timer);
      connection.close();
    };
  }, [catchUp, take]);

  const isOutdated = app !== null && board !== null && app !== board.app;
  const value = useMemo(
    () => ({ board, error, status, latest, isOutdated, take, reload: catchUp }),
    [board, error, status, latest, isOutdated, take, catchUp],
  );
  return <BoardContext value={value}>{children}</BoardContext>;
}

/** Asks for what is missing, one question at a time: a second one waits until the first is answered. */
function useCatchUp(
  known: { readonly current: Board | null },
  put: (board: Board) => void,
  setError: (error: RequestError) => void,
): () => void {
  const flags = useRef({ isAsking: false, isAgain: false });
  return useCallback(() => {
    const { current } = flags;
    current.isAgain = true;
    if (current.isAsking) return;
    current.isAsking = true;
    const ask = async (): Promise<void> => {
      while (current.isAgain) {
        current.isAgain = false;
        try {
          put(await readNewest(known.current, () => known.current));
        } catch (cause) {
          setError(asRequestError(cause));
        }
      }
      current.isAsking = false;
    };
    void ask();
  }, [known, put, setError]);
}

/** @param readKnown what is known once the answer is there: more may have been told meanwhile */
async function readNewest(before: Board | null, readKnown: () => Board | null): Promise<Board> {
  if (before === null) return fetchBoard();
  const { complete, changes } = await fetchMissed(before.version);
  const next = complete ? applyChanges(readKnown() ?? before, changes) : null;
  if (next !== null) return next;
  return { ...(await fetchBoard()), app: before.app };
}
