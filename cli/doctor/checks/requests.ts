/** DJ01, DJ02, DJ03, DJ25: what a load balancer, a form and a browser's HTTPS meet. */

import { HEALTH_PATH } from "../../../runtime/origin/contract.ts";
import {
  at,
  type DoctorCheck,
  find,
  isMended,
  pass,
  skipUnmeasured,
  tellMended,
} from "../doctor-check.ts";

const OK = 200;
const UNAVAILABLE = 503;

export const hosts: DoctorCheck = {
  code: "DJ01",
  title: "ALLOWED_HOSTS and health checks by IP address",
  severity: { local: "warning", cloud: "error" },
  needs: "settings",
  check(subject) {
    const { allowedHosts } = subject.settings;
    if (allowedHosts.length === 0 || allowedHosts.includes("*")) {
      const value = allowedHosts.length === 0 ? "empty" : '"*"';
      return find(
        `ALLOWED_HOSTS is ${value}${tellMended(subject, "hosts")}`,
        at(subject, "ALLOWED_HOSTS"),
        'ALLOWED_HOSTS = os.environ["ALLOWED_HOSTS"].split(",")',
      );
    }
    const health = subject.measures?.health ?? null;
    if (health === null) return skipUnmeasured(subject, "health");
    const asked = `GET ${HEALTH_PATH.live} with Host: 10.0.0.1`;
    return health.live === OK
      ? pass("a health check by IP address is answered before any middleware", `${asked}: 200`)
      : find(
          `A health check by IP address is answered ${health.live}`,
          asked,
          "Let nothing wrap the app that answers before mizan's runtime does.",
        );
  },
};

export const csrf: DoctorCheck = {
  code: "DJ02",
  title: "CSRF_TRUSTED_ORIGINS",
  severity: { local: "warning", cloud: "error" },
  needs: "measures",
  check(subject) {
    const { csrf: measured } = subject.measures;
    if (measured === null) return skipUnmeasured(subject, "csrf");
    const where = at(subject, "CSRF_TRUSTED_ORIGINS");
    if (measured.originsWithoutScheme > 0) {
      return find(
        `${measured.originsWithoutScheme} of CSRF_TRUSTED_ORIGINS without a scheme, which Django refuses`,
        where,
        "Write each with its scheme: https://app.example.com",
      );
    }
    const [first] = measured.refusedOrigins;
    if (first !== undefined) {
      return find(
        `Forms sent from ${measured.refusedOrigins.join(", ")} are refused`,
        where,
        `CSRF_TRUSTED_ORIGINS = ["${first}"]`,
      );
    }
    const how = isMended(subject, "csrf") ? "mizan's settings overlay adds them" : where;
    return pass("forms from every address of this environment are accepted", how);
  },
};

export const proxyHeader: DoctorCheck = {
  code: "DJ03",
  title: "SECURE_PROXY_SSL_HEADER",
  severity: { local: "warning", cloud: "error" },
  needs: "measures",
  check(subject) {
    const { isSecure } = subject.measures;
    if (isSecure === null) return skipUnmeasured(subject, "isSecure");
    const where = at(subject, "SECURE_PROXY_SSL_HEADER");
    const hint = 'SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")';
    if (!isSecure.https) return find("Django does not see that a browser uses HTTPS", where, hint);
    if (isSecure.http) return find("Django takes plain HTTP for HTTPS", where, hint);
    const how = isMended(subject, "proxy") ? "mizan's settings overlay sets it" : where;
    return pass("Django sees the scheme that the browser uses", how);
  },
};

export const health: DoctorCheck = {
  code: "DJ25",
  title: "Health endpoints that neither lie nor kill",
  severity: { local: "error", cloud: "error" },
  needs: "measures",
  check(subject) {
    const { health: measured } = subject.measures;
    if (measured === null) return skipUnmeasured(subject, "health");
    const evidence = `without a database: ${HEALTH_PATH.live} ${measured.live}, ${HEALTH_PATH.ready} ${measured.ready}`;
    const hint = "Let nothing in the app answer, or change, what mizan's runtime answers there.";
    if (measured.live !== OK) {
      return find("A database that is away would end the processes", evidence, hint);
    }
    const isTold = measured.ready === UNAVAILABLE;
    const hasDatabase = Object.keys(subject.settings.databases).length > 0;
    if (!isTold && hasDatabase)
      return find("Ready is told though no database answers", evidence, hint);
    return pass("live does not depend on the database, ready does", evidence);
  },
};
