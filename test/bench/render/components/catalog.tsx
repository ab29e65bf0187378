/** A page of 20 KiB as shops have them: cards with text, attributes, lists and conditionals. */

import type { PageProps } from "../../../../edge/render/contract.ts";
import type { Catalog, Product } from "../catalog-data.ts";

// biome-ignore lint/style/noDefaultExport: a component is its file's default export
export default function CatalogPage({ contexts, language }: PageProps) {
  const { heading, products, categories } = contexts["catalog"] as Catalog; // bench-pages.ts
  return (
    <main className="catalog" lang={language ?? "en"}>
      <title>{`${heading} · The Bench`}</title>
      <header>
        <h1>{heading}</h1>
        <nav aria-label="Categories">
          <ul>
            {categories.map((category) => (
              <li key={category}>
                <a href={`/category/${encodeURIComponent(category)}`}>{category}</a>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      {products.length === 0 && <p>Nothing here yet.</p>}
      <ol className="cards">
        {products.map((product) => (
          <Card key={product.id} product={product} />
        ))}
      </ol>
    </main>
  );
}

function Card({ product }: { readonly product: Product }) {
  const { id, name, blurb, cents, stock, tags } = product;
  const isSoldOut = stock === 0;
  return (
    <li className={isSoldOut ? "card card-sold-out" : "card"} data-id={id}>
      <a href={`/products/${id}`} aria-label={`Look at ${name}`}>
        <img src={`/media/${id}.webp`} alt="" width={320} height={240} loading="lazy" />
        <h2>{name}</h2>
      </a>
      <p className="blurb">{blurb}</p>
      <ul className="tags">
        {tags.map((tag) => (
          <li key={tag}>{tag}</li>
        ))}
      </ul>
      <p className="price" style={{ opacity: isSoldOut ? 0.5 : 1 }}>
        <data value={cents}>{(cents / 100).toFixed(2)} €</data>
        {stock > 0 && stock < 5 && <strong>Only {stock} left</strong>}
      </p>
      <form method="post" action="/cart">
        <input type="hidden" name="product" value={id} />
        <button type="submit" disabled={isSoldOut}>
          {isSoldOut ? "Sold out" : "Add to the cart"}
        </button>
      </form>
    </li>
  );
}
