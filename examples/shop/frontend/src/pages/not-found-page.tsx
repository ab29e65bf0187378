/** Every address that leads nowhere. */

import { Link } from "react-router";
import { Piece } from "../components/piece.tsx";
import { useLanguage } from "../language.tsx";

export function NotFoundPage() {
  const { words } = useLanguage();
  return (
    <section className="not-found">
      <title>{`${words.notFound} – Kiln Street`}</title>
      <meta name="robots" content="noindex" />
      <Piece shape="bowl" glaze="ash" />
      <h1>{words.notFound}</h1>
      <p>{words.notFoundHint}</p>
      <Link className="button button-strong" to="/">
        {words.toShop}
      </Link>
    </section>
  );
}
