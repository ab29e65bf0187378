/** What people say about a piece, and the way to Django's review form. */

import type { ProductBundle } from "../api/shop.ts";
import { useLanguage } from "../language.tsx";
import { Stars } from "./stars.tsx";

interface ProductReviewsProps {
  readonly productId: number;
  readonly reviews: ProductBundle["product_reviews"];
}

export function ProductReviews({ productId, reviews }: ProductReviewsProps) {
  const { words, language, formatDay } = useLanguage();
  return (
    <section className="reviews">
      <h2>
        {words.reviews} {reviews.average !== null && <Stars rating={reviews.average} />}
      </h2>
      {reviews.reviews.length === 0 && <p className="no-reviews soft">{words.noReviews}</p>}
      <ul>
        {reviews.reviews.map((review) => (
          <li key={review.id}>
            <Stars rating={review.rating} />
            <p>{review.body}</p>
            <p className="soft">
              {review.author}, {formatDay(review.written_at)}
            </p>
          </li>
        ))}
      </ul>
      {/* Django's page, not the router's. */}
      <a className="button" href={`/${language}/review/${productId}/`}>
        {words.writeReview}
      </a>
    </section>
  );
}
