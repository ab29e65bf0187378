/** A piece on the shelf. */

import { Link } from "react-router";
import type { ProductSummary } from "../api/shop.ts";
import { useLanguage } from "../language.tsx";
import { Piece } from "./piece.tsx";
import { Stock } from "./stock.tsx";

export function ProductCard({ product }: { product: ProductSummary }) {
  const { inLanguage, formatPrice } = useLanguage();
  return (
    <article className="card">
      <Piece shape={product.shape} glaze={product.glaze} />
      <div className="card-text">
        <h2>
          <Link to={`/products/${product.id}`}>{inLanguage(product.name)}</Link>
        </h2>
        <p className="price">{formatPrice(product.price_cents)}</p>
        <Stock count={product.stock} />
      </div>
    </article>
  );
}
