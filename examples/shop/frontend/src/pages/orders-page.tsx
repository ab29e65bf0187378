/** `/orders`: what was bought. To cancel is a plain form that Django answers with a redirect to here. */

import type { Order, OrdersBundle } from "../api/shop.ts";
import { Empty, Failed, Loading } from "../components/page-states.tsx";
import { SignedIn } from "../components/signed-in.tsx";
import { useLanguage } from "../language.tsx";
import { readCookie } from "../mizan/request.ts";
import { useMizanContext } from "../mizan/use-mizan.tsx";

export function OrdersPage() {
  return <SignedIn>{(user) => <Orders userId={user.id} />}</SignedIn>;
}

function Orders({ userId }: { userId: number }) {
  const { words } = useLanguage();
  const { bundle, error, reload } = useMizanContext<OrdersBundle>("orders", { user_id: userId });
  if (error) return <Failed error={error} onRetry={reload} />;
  if (!bundle) return <Loading />;
  const { orders } = bundle.order_list;
  if (orders.length === 0) return <Empty>{words.noOrders}</Empty>;
  return (
    <section className="narrow">
      <title>{`${words.orders} – Kiln Street`}</title>
      <h1>{words.orders}</h1>
      {orders.map((order) => (
        <OrderCard key={order.id} order={order} />
      ))}
    </section>
  );
}

function OrderCard({ order }: { order: Order }) {
  const { words, inLanguage, formatPrice, formatDay } = useLanguage();
  return (
    <article className="order">
      <header>
        <h2>{words.order(order.id)}</h2>
        <span className={`badge badge-${order.state}`}>{words[order.state]}</span>
      </header>
      <p className="soft">{formatDay(order.placed_at)}</p>
      <ul>
        {order.items.map((item) => (
          <li key={item.product_id}>
            {item.quantity} × {inLanguage(item.name)}
            <span>{formatPrice(item.quantity * item.price_cents)}</span>
          </li>
        ))}
      </ul>
      <p className="total">
        <span>{words.total}</span> <strong>{formatPrice(order.total_cents)}</strong>
      </p>
      {order.state === "placed" && (
        <form method="post" action={`/orders/${order.id}/cancel/`}>
          <input type="hidden" name="csrfmiddlewaretoken" value={readCookie("csrftoken")} />
          <button type="submit" className="button">
            {words.cancel}
          </button>
        </form>
      )}
    </article>
  );
}
