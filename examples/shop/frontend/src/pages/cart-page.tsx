/** `/cart`: what will be bought. */

import { useCallback } from "react";
import { Link, useNavigate } from "react-router";
import type { CartBundle, CartItem } from "../api/shop.ts";
import { Empty, Failed, Loading } from "../components/page-states.tsx";
import { Piece } from "../components/piece.tsx";
import { SignedIn } from "../components/signed-in.tsx";
import { useLanguage } from "../language.tsx";
import { useKernel, useMizanContext } from "../mizan/use-mizan.tsx";
import { useCall } from "../use-call.ts";

const MOST = 20;

export function CartPage() {
  return <SignedIn>{(user) => <Cart userId={user.id} />}</SignedIn>;
}

function Cart({ userId }: { userId: number }) {
  const { words, formatPrice } = useLanguage();
  const { bundle, error, reload } = useMizanContext<CartBundle>("cart", { user_id: userId });
  if (error) return <Failed error={error} onRetry={reload} />;
  if (!bundle) return <Loading />;
  const { items, total_cents } = bundle.cart_contents;
  if (items.length === 0) return <Empty>{words.emptyCart}</Empty>;
  return (
    <section className="narrow">
      <title>{`${words.cart} – Kiln Street`}</title>
      <h1>{words.cart}</h1>
      <ul className="lines">
        {items.map((item) => (
          <CartLine key={item.product_id} item={item} userId={userId} />
        ))}
      </ul>
      <p className="total">
        <span>{words.total}</span> <strong>{formatPrice(total_cents)}</strong>
      </p>
      <PlaceOrder userId={userId} />
    </section>
  );
}

function CartLine({ item, userId }: { item: CartItem; userId: number }) {
  const { words, inLanguage, formatPrice } = useLanguage();
  const { change, error } = useQuantity(item, userId);
  const name = inLanguage(item.name);
  const choices = Array.from({ length: Math.max(MOST, item.quantity) }, (_, index) => index + 1);
  return (
    <li>
      <Piece shape={item.shape} glaze={item.glaze} />
      <div className="line-text">
        <Link to={`/products/${item.product_id}`}>{name}</Link>
        <p className="soft">{formatPrice(item.price_cents)}</p>
        {error && (
          <p className="problem" role="alert">
            {error}
          </p>
        )}
      </div>
      <select
        aria-label={`${words.quantity}: ${name}`}
        value={item.quantity}
        onChange={(event) => void change(Number(event.target.value))}
      >
        {choices.map((count) => (
          <option key={count}>{count}</option>
        ))}
      </select>
      <button type="button" className="link-button" onClick={() => void change(0)}>
        {words.remove}
      </button>
    </li>
  );
}

function useQuantity(item: CartItem, userId: number) {
  const kernel = useKernel();
  const perform = useCallback(
    (quantity: number) =>
      kernel.call("set_cart_quantity", {
        user_id: userId,
        product_id: item.product_id,
        quantity,
      }),
    [kernel, userId, item.product_id],
  );
  const { run, error } = useCall<[number]>(perform);
  return { change: run, error: error?.message ?? null };
}

function PlaceOrder({ userId }: { userId: number }) {
  const { words } = useLanguage();
  const kernel = useKernel();
  const navigate = useNavigate();
  const { run, isRunning, error } = useCall(
    useCallback(async () => {
      await kernel.call("place_order", { user_id: userId });
      await navigate("/orders");
    }, [kernel, navigate, userId]),
  );
  return (
    <>
      <button type="button" className="button button-strong" onClick={run} disabled={isRunning}>
        {words.placeOrder}
      </button>
      {error && (
        <p className="problem" role="alert">
          {error.message}
        </p>
      )}
    </>
  );
}
