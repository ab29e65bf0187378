/** The button that puts a piece in the cart, or the way to an account. */

import { useCallback } from "react";
import { Link, useLocation } from "react-router";
import type { ProductSummary } from "../api/shop.ts";
import { useLanguage } from "../language.tsx";
import { useKernel } from "../mizan/use-mizan.tsx";
import { type User, useSession } from "../session.tsx";
import { useCall } from "../use-call.ts";

export function BuyBox({ product }: { product: ProductSummary }) {
  const { words } = useLanguage();
  const { user } = useSession();
  const { pathname } = useLocation();
  if (user === undefined || product.stock === 0) return null;
  if (user === null) {
    return (
      <Link className="button button-strong" to="/sign-in" state={{ from: pathname }}>
        {words.signInToBuy}
      </Link>
    );
  }
  return <AddButton product={product} user={user} />;
}

function AddButton({ product, user }: { product: ProductSummary; user: User }) {
  const { words } = useLanguage();
  const kernel = useKernel();
  const { run, isRunning, isDone, error } = useCall(
    useCallback(
      () => kernel.call("add_to_cart", { user_id: user.id, product_id: product.id, quantity: 1 }),
      [kernel, user.id, product.id],
    ),
  );
  return (
    <div className="buy-box">
      <button type="button" className="button button-strong" onClick={run} disabled={isRunning}>
        {words.addToCart}
      </button>
      {isDone && (
        <p role="status">
          {words.inCart} <Link to="/cart">{words.cart}</Link>
        </p>
      )}
      {error && (
        <p className="problem" role="alert">
          {error.message}
        </p>
      )}
    </div>
  );
}
