/** Render: the rendering modules in a real workerd. */

import { describeBytes } from "./render-bytes-suite.ts";
import { describeFailures } from "./render-failures-suite.ts";
import { startWorkerd } from "./render-fixture.ts";
import { describePages } from "./render-pages-suite.ts";

describeBytes("Render", startWorkerd);
describePages("Render", startWorkerd);
describeFailures("Render", startWorkerd);
