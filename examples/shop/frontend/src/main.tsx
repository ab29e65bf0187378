/** Starts the shop in the page: takes over what the server has rendered, or renders it here. */

import { StrictMode } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { App } from "./app.tsx";
import { settleProps } from "./mizan/page-props.ts";
import { EMPTY_START, readStart } from "./start.ts";
import "./styles/base.css";
import "./styles/forms.css";
import "./styles/shop.css";
import "./styles/orders.css";

const root = document.getElementById("mizan-root");
if (!root) throw new Error("index.html has no #mizan-root");

// Module scripts wait for the whole document, so everything that streams has come.
const { __MIZAN_SSR_DATA__: props, __MIZAN_SSR_STEP__: step } = window;
const start = props ? readStart(await settleProps(props)) : EMPTY_START;
const app = (
  <StrictMode>
    <BrowserRouter>
      <App start={start} />
    </BrowserRouter>
  </StrictMode>
);

if (props && step === undefined) hydrateRoot(root, app);
else createRoot(root).render(app);
