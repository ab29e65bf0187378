/** The frame around every page, and the addresses of the pages. */

import { NavLink, Route, Routes } from "react-router";
import { DeskPage } from "./pages/desk-page.tsx";
import { NewNotePage } from "./pages/new-note-page.tsx";
import { NotFoundPage } from "./pages/not-found-page.tsx";
import { NotePage } from "./pages/note-page.tsx";
import { NotesPage } from "./pages/notes-page.tsx";
import { SignInPage } from "./pages/sign-in-page.tsx";
import { SessionProvider, useSession } from "./session.tsx";

export function App() {
  return (
    <SessionProvider>
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <Header />
      <main id="content" tabIndex={-1}>
        <Routes>
          <Route path="/" element={<NotesPage />} />
          <Route path="/notes/new" element={<NewNotePage />} />
          <Route path="/notes/:id" element={<NotePage />} />
          <Route path="/sign-in" element={<SignInPage />} />
          <Route path="/desk" element={<DeskPage />} />
          <Route path="*" element={<NotFoundPage />} />
        </Routes>
      </main>
      <footer className="site-footer">
        <p>
          Alder Valley reserve · Keep to the paths, keep dogs on a lead, and write down what you
          see.
        </p>
      </footer>
    </SessionProvider>
  );
}

function Header() {
  const { user } = useSession();
  return (
    <header className="site-header">
      <NavLink className="brand" to="/" end>
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path d="M6 26C6 13 13 7 27 6c0 13-6 20-18 19" />
          <path className="vein" d="M5 28c3-7 7-12 14-15" />
        </svg>
        Field Notes
      </NavLink>
      <nav aria-label="Main">
        <NavLink to="/" end>
          Notes
        </NavLink>
        {/* Django's page, not the router's. */}
        <a href="/digests/">Digests</a>
        {user ? <NavLink to="/desk">Desk</NavLink> : <NavLink to="/sign-in">Sign in</NavLink>}
      </nav>
    </header>
  );
}
