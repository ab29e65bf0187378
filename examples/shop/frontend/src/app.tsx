/** The frame around every page, and the addresses of the pages. */

import type { ReactNode } from "react";
import { NavLink, Route, Routes } from "react-router";
import { Header } from "./components/header.tsx";
import { LanguageProvider, useLanguage } from "./language.tsx";
import { CartPage } from "./pages/cart-page.tsx";
import { CatalogPage } from "./pages/catalog-page.tsx";
import { DeskPage } from "./pages/desk-page.tsx";
import { NotFoundPage } from "./pages/not-found-page.tsx";
import { OrdersPage } from "./pages/orders-page.tsx";
import { ProductPage } from "./pages/product-page.tsx";
import { SignInPage } from "./pages/sign-in-page.tsx";
import { SessionProvider } from "./session.tsx";
import type { Start } from "./start.ts";

/** `start` must be the same object for as long as the app is there. */
export function App({ start }: { start: Start }) {
  return (
    <LanguageProvider initial={start.language}>
      <SessionProvider seeds={start.seeds}>
        <Frame>
          <Routes>
            <Route path="/" element={<CatalogPage />} />
            <Route path="/products/:id" element={<ProductPage />} />
            <Route path="/cart" element={<CartPage />} />
            <Route path="/orders" element={<OrdersPage />} />
            <Route path="/sign-in" element={<SignInPage />} />
            <Route path="/desk" element={<DeskPage />} />
            <Route path="*" element={<NotFoundPage />} />
          </Routes>
        </Frame>
      </SessionProvider>
    </LanguageProvider>
  );
}

/** With its language: that of the document is known to the browser alone. */
function Frame({ children }: { children: ReactNode }) {
  const { language } = useLanguage();
  return (
    <div className="site" lang={language}>
      <SkipLink />
      <Header />
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <Footer />
    </div>
  );
}

function SkipLink() {
  const { words } = useLanguage();
  return (
    <a className="skip-link" href="#content">
      {words.skip}
    </a>
  );
}

function Footer() {
  const { words } = useLanguage();
  return (
    <footer className="site-footer">
      <p>{words.footer}</p>
      <NavLink to="/desk">{words.forWorkshop}</NavLink>
    </footer>
  );
}
