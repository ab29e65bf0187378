/** Takes over the greeting card that Django's page holds (`greeting.html` of the backend). */

import { createElement } from "react";
import { hydrateRoot } from "react-dom/client";
import GreetingCard, { type GreetingCardProps } from "./rendered/greeting-card.tsx";

const root = document.getElementById("mizan-root");
if (!root) throw new Error("The page has no #mizan-root");

// The props that Django gave to the template.
const props = window.__MIZAN_SSR_DATA__ as unknown as GreetingCardProps;
hydrateRoot(root, createElement(GreetingCard, props));
