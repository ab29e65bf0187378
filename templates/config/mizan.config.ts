// Configuration of Mizan Deploy. All of it is optional: a line that you delete is as if it had never been.
import { defineConfig } from "@mizan/deploy";

export default defineConfig({
  // What `mizan inspect` found, and where. Uncomment a line to say otherwise.
  facts: {
    // {{facts}}
  },

  // The environment that bare `mizan deploy` takes.
  // defaultEnvironment: "local",

  // Interpreter for the app's virtual environment: an absolute path, or a name on PATH.
  // python: "python3.12",

  environments: {
    local: {
      // Port of the app. Default: a free one, kept between deploys.
      // port: 8000,
      // Further host names that users reach the app by.
      // hosts: ["app.example.test"],
      // Variables that are no secrets; secrets belong in .env, which is never shipped.
      // env: { FEATURE_X: "on" },
      // {{variables}}
      // Variables to take from your shell though the settings do not ask for them.
      // passEnv: ["HTTPS_PROXY"],
      // PostgreSQL and Redis: "auto" runs them here if the settings need them and no address is given.
      // database: "auto",
      // redis: "auto",
      // Settings that Mizan fills in where they are missing or unsafe; `mizan inspect` lists them.
      // overlay: true,
      // disabledOverlayRules: ["cookies"],
      // Worker processes of Django. Default: one a core and one more.
      // workers: 4,
      // How long the app may take to load and to become ready, before the release is undone.
      // startTimeoutSeconds: 60,
      // Releases kept for `mizan rollback`.
      // keepReleases: 5,
    },
  },
});
