/** Every other address. */

import { Link } from "react-router";

export function NotFoundPage() {
  return (
    <section className="narrow">
      <title>Not found – Halden Tram</title>
      <h1>No tram stops here</h1>
      <p>
        This page does not exist. <Link to="/">See how the lines run</Link>.
      </p>
    </section>
  );
}
