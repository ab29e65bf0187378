/** For the workshop: a piece with its stock and price to change. */

import { useCallback, useId } from "react";
import { Link } from "react-router";
import type { ProductSummary } from "../api/shop.ts";
import { useLanguage } from "../language.tsx";
import { useKernel } from "../mizan/use-mizan.tsx";
import { useCall } from "../use-call.ts";
import { Stock } from "./stock.tsx";

export function ProductForms({ product }: { product: ProductSummary }) {
  const { words, inLanguage, formatPrice } = useLanguage();
  const kernel = useKernel();
  const restock = useCallback(
    (quantity: number) => kernel.call("restock", { product_id: product.id, quantity }),
    [kernel, product.id],
  );
  const setPrice = useCallback(
    (euros: number) =>
      kernel.call("set_price", { product_id: product.id, price_cents: Math.round(euros * 100) }),
    [kernel, product.id],
  );
  return (
    <li>
      <div className="line-text">
        <Link to={`/products/${product.id}`}>{inLanguage(product.name)}</Link>
        <p className="soft">{formatPrice(product.price_cents)}</p>
        <Stock count={product.stock} />
      </div>
      <NumberForm label={words.fromKiln} button={words.add} step="1" perform={restock} />
      <NumberForm label={`${words.price} (€)`} button={words.save} step="0.01" perform={setPrice} />
    </li>
  );
}

interface NumberFormProps {
  readonly label: string;
  readonly button: string;
  readonly step: string;
  readonly perform: (value: number) => Promise<unknown>;
}

function NumberForm({ label, button, step, perform }: NumberFormProps) {
  const id = useId();
  const { run, isRunning, error } = useCall<[number]>(perform);
  return (
    <form
      className="number-form"
      onSubmit={(event) => {
        event.preventDefault();
        const form = event.currentTarget;
        void run(Number(new FormData(form).get("value"))).then(() => form.reset());
      }}
    >
      <label htmlFor={id}>{label}</label>
      <input id={id} name="value" type="number" min="1" step={step} required />
      <button type="submit" className="button" disabled={isRunning}>
        {button}
      </button>
      {error && (
        <p className="problem" role="alert">
          {error.message}
        </p>
      )}
    </form>
  );
}
