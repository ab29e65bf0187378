/** Greets by a hook, so that a second React would be noticed. */

import { useState } from "react";

// biome-ignore lint/style/noDefaultExport: the worker takes the default export
export default function Hello({ name, ...others }: { name: string; request?: unknown }) {
  const [greeting] = useState("Hello");
  const names = Object.keys(others).sort().join(",");
  return (
    <p title={names}>
      {greeting}, {name}!
    </p>
  );
}
