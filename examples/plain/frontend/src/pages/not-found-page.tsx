/** Any address without a page. */

import { Link } from "react-router";
import { Empty } from "../components/page-states.tsx";

export function NotFoundPage() {
  return (
    <>
      <title>Not found – Field Notes</title>
      <Empty title="This path ends here">
        <p>
          There is no such page, or it was taken away. <Link to="/">Back to the notes</Link>
        </p>
      </Empty>
    </>
  );
}
