/** What the module that a deploy generates around the app's components imports. */

export { createReactAdapter } from "./create-react-adapter.ts";
export { createRenderHandler } from "./create-render-handler.ts";
export { createRenderWorker } from "./create-render-worker.ts";
export { createSvelteAdapter } from "./create-svelte-adapter.ts";
export { createVueAdapter } from "./create-vue-adapter.ts";
