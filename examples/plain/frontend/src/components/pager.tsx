/** Links to the pages before and after this one. */

import { Link, useSearchParams } from "react-router";

export function Pager({ page, pages }: { page: number; pages: number }) {
  const [search] = useSearchParams();
  if (pages <= 1) return null;
  const linkTo = (number: number) => {
    const query = new URLSearchParams(search);
    query.set("page", String(number));
    return `?${query}`;
  };
  return (
    <nav className="pager" aria-label="Pages">
      {page > 1 ? <Link to={linkTo(page - 1)}>← Newer</Link> : <span />}
      <span>
        Page {page} of {pages}
      </span>
      {page < pages ? <Link to={linkTo(page + 1)}>Older →</Link> : <span />}
    </nav>
  );
}
