/** `/desk`: for the workshop. Numbers, what runs low, and reviews that wait to be read. */

import { useCallback } from "react";
import { Link } from "react-router";
import type { DeskBundle } from "../api/shop.ts";
import { Empty, Failed, Loading } from "../components/page-states.tsx";
import { ProductForms } from "../components/product-forms.tsx";
import { SignedIn } from "../components/signed-in.tsx";
import { Stars } from "../components/stars.tsx";
import { useLanguage } from "../language.tsx";
import { useKernel, useMizanContext } from "../mizan/use-mizan.tsx";
import { useCall } from "../use-call.ts";

export function DeskPage() {
  const { words } = useLanguage();
  return (
    <SignedIn>{(user) => (user.isStaff ? <Desk /> : <Empty>{words.forStaff}</Empty>)}</SignedIn>
  );
}

function Desk() {
  const { words, formatPrice } = useLanguage();
  const { bundle, error, reload } = useMizanContext<DeskBundle>("desk");
  if (error) return <Failed error={error} onRetry={reload} />;
  if (!bundle) return <Loading />;
  const desk = bundle.desk_numbers;
  return (
    <>
      <title>{`${words.desk} – Kiln Street`}</title>
      <h1>{words.desk}</h1>
      <dl className="totals">
        <div>
          <dt>{words.openOrders}</dt>
          <dd>{desk.open_orders}</dd>
        </div>
        <div>
          <dt>{words.revenue}</dt>
          <dd>{formatPrice(desk.revenue_cents)}</dd>
        </div>
      </dl>
      <h2>{words.lowStock}</h2>
      {desk.low_stock.length === 0 && <p className="soft">{words.nothingWaiting}</p>}
      <ul className="desk-list">
        {desk.low_stock.map((product) => (
          <ProductForms key={product.id} product={product} />
        ))}
      </ul>
      <h2>{words.waitingReviews}</h2>
      {desk.waiting_reviews.length === 0 && <p className="soft">{words.nothingWaiting}</p>}
      <ul className="desk-list">
        {desk.waiting_reviews.map((review) => (
          <WaitingReview key={review.id} review={review} />
        ))}
      </ul>
    </>
  );
}

type Waiting = DeskBundle["desk_numbers"]["waiting_reviews"][number];

function WaitingReview({ review }: { review: Waiting }) {
  const { words, inLanguage } = useLanguage();
  const kernel = useKernel();
  const { run, isRunning, error } = useCall(
    useCallback(
      () => kernel.call("publish_review", { product_id: review.product_id, review_id: review.id }),
      [kernel, review.product_id, review.id],
    ),
  );
  return (
    <li>
      <div className="line-text">
        <Link to={`/products/${review.product_id}`}>{inLanguage(review.product_name)}</Link>{" "}
        <Stars rating={review.rating} />
        <p>{review.body}</p>
        <p className="soft">{error?.message ?? review.author}</p>
      </div>
      <button type="button" className="button" onClick={run} disabled={isRunning}>
        {words.publish}
      </button>
    </li>
  );
}
