/** A rating, from one to five. */

import { useLanguage } from "../language.tsx";

export function Stars({ rating }: { rating: number }) {
  const { words } = useLanguage();
  const full = Math.round(rating);
  return (
    <span className="stars" role="img" aria-label={words.starsOf(rating)}>
      {"★".repeat(full)}
      <span>{"★".repeat(5 - full)}</span>
    </span>
  );
}
