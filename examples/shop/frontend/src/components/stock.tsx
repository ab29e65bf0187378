/** How many pieces there are. */

import { useLanguage } from "../language.tsx";

const FEW = 3;

export function Stock({ count }: { count: number }) {
  const { words } = useLanguage();
  if (count === 0) return <p className="stock stock-none">{words.soldOut}</p>;
  return <p className={count <= FEW ? "stock stock-few" : "stock"}>{words.inStock(count)}</p>;
}
