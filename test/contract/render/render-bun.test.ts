/** The rendering modules in a real Bun, as the SSR server's renderers run them. */

import { describeBytes } from "./render-bytes-suite.ts";
import { describeFailures } from "./render-failures-suite.ts";
import { startBun } from "./render-fixture.ts";
import { describePages } from "./render-pages-suite.ts";

describeBytes("the SSR server", startBun);
describePages("the SSR server", startBun);
describeFailures("the SSR server", startBun);
