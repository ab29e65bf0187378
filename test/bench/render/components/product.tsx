/** The same list, and below it what takes its time: the component suspends on the late context. */

import { Suspense, use } from "react";
import type { PageProps } from "../../../../edge/render/contract.ts";
import type { Reviews } from "../catalog-data.ts";
import CatalogPage from "./catalog.tsx";

// biome-ignore lint/style/noDefaultExport: a component is its file's default export
export default function ProductPage(props: PageProps) {
  const reviews = props.contexts["reviews"] as Promise<Reviews>; // late, bench-pages.ts
  return (
    <>
      <CatalogPage {...props} />
      <Suspense fallback={<p>Reviews are coming.</p>}>
        <ReviewList reviews={reviews} />
      </Suspense>
    </>
  );
}

function ReviewList({ reviews }: { readonly reviews: Promise<Reviews> }) {
  const { lines } = use(reviews);
  return (
    <ul className="reviews">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
