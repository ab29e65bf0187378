/** The frame around every page, and the addresses of the pages. */

import { NavLink, Route, Routes } from "react-router";
import { ConnectionNote } from "./components/connection-note.tsx";
import { BoardProvider } from "./live/use-board.tsx";
import { BoardPage } from "./pages/board-page.tsx";
import { DeskPage } from "./pages/desk-page.tsx";
import { NotFoundPage } from "./pages/not-found-page.tsx";
import { SignInPage } from "./pages/sign-in-page.tsx";
import { SessionProvider, useSession } from "./session.tsx";

export function App() {
  return (
    <SessionProvider>
      <BoardProvider>
        <a className="skip-link" href="#content">
          Skip to the content
        </a>
        <Header />
        <main id="content" tabIndex={-1}>
          <Routes>
            <Route path="/" element={<BoardPage />} />
            <Route path="/desk" element={<DeskPage />} />
            <Route path="/sign-in" element={<SignInPage />} />
            <Route path="*" element={<NotFoundPage />} />
          </Routes>
        </main>
        <footer className="site-footer">
          <p>Halden Tram · Control room, day and night: 0800 4425</p>
        </footer>
      </BoardProvider>
    </SessionProvider>
  );
}

function Header() {
  const { user } = useSession();
  return (
    <header className="site-header">
      <div className="site-header-inner">
        <NavLink className="brand" to="/" end>
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <path d="M11 4h10M16 4v4M10 28l3-4m9 4l-3-4" />
            <rect x="7" y="8" width="18" height="16" rx="4" />
            <path d="M11 12h10v5H11zM12 20.5h.01M20 20.5h.01" />
          </svg>
          Halden Tram
        </NavLink>
        <ConnectionNote />
        <nav aria-label="Main">
          <NavLink to="/" end>
            Lines
          </NavLink>
          {user ? <NavLink to="/desk">Desk</NavLink> : <NavLink to="/sign-in">Sign in</NavLink>}
        </nav>
      </div>
    </header>
  );
}
