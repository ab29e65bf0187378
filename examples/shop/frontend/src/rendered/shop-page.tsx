/** Every page of the shop, as the Edge renders it (`pages` in mizan.config.ts). `main.tsx` takes it over in the browser. */

import { useMemo } from "react";
import { StaticRouter } from "react-router";
import { App } from "../app.tsx";
import type { PageProps } from "../mizan/page-props.ts";
import { readStart } from "../start.ts";

export default function ShopPage(props: PageProps) {
  const start = useMemo(() => readStart(props), [props]);
  return (
    <StaticRouter location={readLocation(props)}>
      <App start={start} />
    </StaticRouter>
  );
}

/** The one parameter that comes from a query is the catalog's page. */
function readLocation({ path, params }: PageProps): string {
  return params["page"] === undefined ? path : `${path}?page=${encodeURIComponent(params["page"])}`;
}
