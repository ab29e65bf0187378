/** DJ05, DJ06, DJ15: static files and uploads. */

import {
  at,
  type DoctorCheck,
  find,
  isMended,
  pass,
  skip,
  skipUnmeasured,
} from "../doctor-check.ts";

export const collectstatic: DoctorCheck = {
  code: "DJ05",
  title: "collectstatic",
  severity: { local: "warning", cloud: "error" },
  needs: "settings",
  check(subject) {
    const files = subject.settings.static;
    if (!files.installed) {
      return pass("Django's staticfiles is not used", at(subject, "INSTALLED_APPS"));
    }
    const where = at(subject, "STATIC_ROOT");
    if (files.root === null) {
      return find(
        "Static files are used, but STATIC_ROOT is not set, so nothing is collected",
        where,
        'STATIC_ROOT = BASE_DIR / "staticfiles"',
      );
    }
    const how = "each deploy collects them, before it takes traffic";
    if (subject.mechanisms?.isReleased !== true) return pass(how, where);
    const measured = subject.measures?.staticFiles ?? null;
    if (measured === null) return skipUnmeasured(subject, "staticFiles");
    return measured.isCollected || !subject.settings.overlay.some(({ rule }) => rule === "static")
      ? pass(how, isMended(subject, "static") ? "STATIC_ROOT of this release" : where)
      : find("The live release has no collected static files", where, "mizan deploy --force");
  },
};

export const manifest: DoctorCheck = {
  code: "DJ06",
  title: "Manifest of the static files",
  severity: { local: "error", cloud: "error" },
  needs: "measures",
  check(subject) {
    const { static: files } = subject.settings;
    const measured = subject.measures.staticFiles;
    if (!files.installed) {
      return pass("Django's staticfiles is not used", at(subject, "INSTALLED_APPS"));
    }
    if (measured === null) return skipUnmeasured(subject, "staticFiles");
    if (measured.hasManifest === null) {
      return pass("the storage needs no manifest: no name can be missing", at(subject, "STORAGES"));
    }
    if (measured.missing === null) {
      return skip("nothing is collected yet, so there is no manifest: a deploy makes it");
    }
    const [first] = measured.missing;
    if (first === undefined) {
      return pass("every name in the app's templates is in the manifest", at(subject, "STORAGES"));
    }
    const names = measured.missing.map(({ file }) => file);
    return find(
      `Templates name static files that were not collected (a 500 with DEBUG off): ${names.join(", ")}`,
      first.template,
      `Add the file, or correct {% static "${first.file}" %}.`,
    );
  },
};

export const media: DoctorCheck = {
  code: "DJ15",
  title: "Uploads on the local disk",
  severity: { local: "info", cloud: "error" },
  needs: "settings",
  check(subject) {
    const { media: uploads } = subject.settings;
    const where = at(subject, "MEDIA_ROOT");
    if (!uploads.local)
      return pass("uploads go to a storage of their own", at(subject, "STORAGES"));
    if (!uploads.hasFileFields) return pass("no model has a file field", where);
    const isLocal = subject.target === "local";
    return find(
      "Uploads are kept on this machine's disk, which does for one machine only",
      where,
      isLocal
        ? "Nothing to do for the local target."
        : "Use a bucket: STORAGES with a backend of django-storages.",
    );
  },
};
