/** `/products/:id`: one piece, how it gets home, and what people say. */

import { Suspense } from "react";
import { Link, useParams } from "react-router";
import type { ProductBundle } from "../api/shop.ts";
import { BuyBox } from "../components/buy-box.tsx";
import { DeliveryOptions, DeliveryWaiting } from "../components/delivery-options.tsx";
import { Failed, Loading } from "../components/page-states.tsx";
import { Piece } from "../components/piece.tsx";
import { ProductReviews } from "../components/product-reviews.tsx";
import { Stock } from "../components/stock.tsx";
import { useLanguage } from "../language.tsx";
import { useMizanContext } from "../mizan/use-mizan.tsx";
import { NotFoundPage } from "./not-found-page.tsx";

export function ProductPage() {
  const { id = "" } = useParams();
  const productId = Number(id);
  if (!Number.isSafeInteger(productId) || productId < 1) return <NotFoundPage />;
  return <LoadedProduct key={productId} productId={productId} />;
}

function LoadedProduct({ productId }: { productId: number }) {
  const { bundle, error, reload } = useMizanContext<ProductBundle>("product", {
    product_id: productId,
  });
  if (error?.status === 404 || error?.status === 422) return <NotFoundPage />;
  if (error) return <Failed error={error} onRetry={reload} />;
  if (!bundle) return <Loading />;
  return <ProductView bundle={bundle} />;
}

function ProductView({ bundle }: { bundle: ProductBundle }) {
  const { words, language, inLanguage, formatPrice } = useLanguage();
  const product = bundle.product_detail;
  return (
    <article>
      <title>{`${inLanguage(product.name)} – Kiln Street`}</title>
      <meta name="description" content={inLanguage(product.description)} />
      <p>
        <Link to="/">{words.allPieces}</Link>
      </p>
      <div className="product">
        <div className="product-picture">
          <Piece shape={product.shape} glaze={product.glaze} />
        </div>
        <div className="product-text">
          <h1>{inLanguage(product.name)}</h1>
          <p className="price">{formatPrice(product.price_cents)}</p>
          <p>{inLanguage(product.description)}</p>
          <Stock count={product.stock} />
          <BuyBox product={product} />
          {/* Django's pages, not the router's. */}
          <p className="more-links">
            <a href={`/${language}/card/${product.id}/`}>{words.greetingCard}</a>
            <a href={`/${language}/sheet/${product.id}/`}>{words.sheet}</a>
          </p>
          <Suspense fallback={<DeliveryWaiting />}>
            <DeliveryOptions />
          </Suspense>
        </div>
      </div>
      <ProductReviews productId={product.id} reviews={bundle.product_reviews} />
    </article>
  );
}
