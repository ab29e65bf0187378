/** Name of the shop, its pages, the language, and who is signed in. */

import { NavLink } from "react-router";
import { signOut } from "../api/accounts.ts";
import type { CartBundle } from "../api/shop.ts";
import { useLanguage } from "../language.tsx";
import { useMizanContext } from "../mizan/use-mizan.tsx";
import { type User, useSession } from "../session.tsx";

export function Header() {
  const { words } = useLanguage();
  const { user } = useSession();
  return (
    <header className="site-header">
      <NavLink className="brand" to="/" end>
        <img src="/favicon.svg" alt="" width="30" height="30" />
        Kiln Street
      </NavLink>
      <nav aria-label="Main">
        <NavLink to="/" end>
          {words.shop}
        </NavLink>
        {user && <Account user={user} />}
        {user === null && <NavLink to="/sign-in">{words.signIn}</NavLink>}
      </nav>
      <LanguageSwitch />
    </header>
  );
}

function Account({ user }: { user: User }) {
  const { words } = useLanguage();
  const { refresh } = useSession();
  const { bundle } = useMizanContext<CartBundle>("cart", { user_id: user.id });
  const count = bundle?.cart_contents.items.reduce((sum, { quantity }) => sum + quantity, 0) ?? 0;
  async function leave(): Promise<void> {
    await signOut();
    await refresh();
  }
  return (
    <>
      <NavLink to="/cart">
        {words.cart}
        {count > 0 && <span className="count">{count}</span>}
      </NavLink>
      <NavLink to="/orders">{words.orders}</NavLink>
      {user.isStaff && <NavLink to="/desk">{words.desk}</NavLink>}
      <form action={leave}>
        <button type="submit" className="link-button" title={user.name}>
          {words.signOut}
        </button>
      </form>
    </>
  );
}

function LanguageSwitch() {
  const { language, setLanguage } = useLanguage();
  const other = language === "en" ? "de" : "en";
  return (
    <button
      type="button"
      className="link-button needs-scripts"
      lang={other}
      onClick={() => setLanguage(other)}
    >
      {other === "de" ? "Deutsch" : "English"}
    </button>
  );
}
