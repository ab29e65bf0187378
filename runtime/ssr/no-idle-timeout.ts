/** Connections that Bun never closes by itself: one closed while it is used again looks like a death. */

/** Holds for Unix sockets as well (tried with Bun 1.4.5: without it, 10 s), but Bun's types do not say so. */
export const NO_IDLE_TIMEOUT: object = { idleTimeout: 0 };
