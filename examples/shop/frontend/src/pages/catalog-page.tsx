/** `/`: all pieces, six to a page. */

import { Link, useSearchParams } from "react-router";
import type { CatalogBundle } from "../api/shop.ts";
import { Failed, Loading } from "../components/page-states.tsx";
import { ProductCard } from "../components/product-card.tsx";
import { useLanguage } from "../language.tsx";
import { useMizanContext } from "../mizan/use-mizan.tsx";
import { NotFoundPage } from "./not-found-page.tsx";

export function CatalogPage() {
  const [search] = useSearchParams();
  const page = Number(search.getAll("page").at(-1) ?? 1); // the last of them, as in Django
  if (!Number.isSafeInteger(page) || page < 1) return <NotFoundPage />;
  return <Shelf page={page} />;
}

function Shelf({ page }: { page: number }) {
  const { words } = useLanguage();
  const { bundle, error, isLoading, reload } = useMizanContext<CatalogBundle>("catalog", { page });
  if (error?.status === 404 || error?.status === 422) return <NotFoundPage />;
  return (
    <>
      <title>Kiln Street</title>
      <meta name="description" content={words.intro} />
      <section className="intro">
        <h1>{words.tagline}</h1>
        <p>{words.intro}</p>
      </section>
      {error && <Failed error={error} onRetry={reload} />}
      {!error && !bundle && <Loading />}
      {bundle && (
        <div className="shelf" aria-busy={isLoading}>
          <div className="cards">
            {bundle.catalog_page.products.map((product) => (
              <ProductCard key={product.id} product={product} />
            ))}
          </div>
          <Pager page={bundle.catalog_page.page} pages={bundle.catalog_page.pages} />
        </div>
      )}
    </>
  );
}

function Pager({ page, pages }: { page: number; pages: number }) {
  const { words } = useLanguage();
  return (
    <nav className="pager" aria-label={words.pageOf(page, pages)}>
      {page > 1 ? <Link to={`/?page=${page - 1}`}>{words.before}</Link> : <span />}
      <span>{words.pageOf(page, pages)}</span>
      {page < pages ? <Link to={`/?page=${page + 1}`}>{words.after}</Link> : <span />}
    </nav>
  );
}
