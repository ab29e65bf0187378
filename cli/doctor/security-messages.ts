/** Django's security checks in our words: what is wrong, what to set, and where a target does it itself. */

import type { TargetKind } from "./doctor-check.ts";

export interface SecurityMessage {
  readonly problem: string;
  readonly setting: string;
  /** One line of settings. */
  readonly fix: string;
  /** How the target takes care of it; missing: it does not. */
  readonly handled?: Readonly<Partial<Record<TargetKind, string>>>;
}

const PLAIN_HTTP = "this environment is served over plain HTTP";
const EDGE = "the Edge does this";
const REPORTED = "told as a check of its own";

/** https://docs.djangoproject.com/en/stable/ref/checks/#security, Django 4.2 to 6. */
export const SECURITY_MESSAGES: Readonly<Record<string, SecurityMessage>> = {
  "security.W001": {
    problem: "SecurityMiddleware is missing",
    setting: "MIDDLEWARE",
    fix: 'Put "django.middleware.security.SecurityMiddleware" first in MIDDLEWARE.',
  },
  "security.W002": {
    problem: "other sites can show pages in a frame",
    setting: "MIDDLEWARE",
    fix: 'Add "django.middleware.clickjacking.XFrameOptionsMiddleware" to MIDDLEWARE.',
  },
  "security.W003": {
    problem: "forms are not protected against other sites",
    setting: "MIDDLEWARE",
    fix: 'Add "django.middleware.csrf.CsrfViewMiddleware" to MIDDLEWARE.',
  },
  "security.W004": hsts("SECURE_HSTS_SECONDS", "3600"),
  "security.W005": hsts("SECURE_HSTS_INCLUDE_SUBDOMAINS", "True"),
  "security.W021": hsts("SECURE_HSTS_PRELOAD", "True"),
  "security.W006": {
    problem: "browsers may guess content types",
    setting: "SECURE_CONTENT_TYPE_NOSNIFF",
    fix: "SECURE_CONTENT_TYPE_NOSNIFF = True",
  },
  "security.W008": {
    problem: "HTTP is not redirected to HTTPS",
    setting: "SECURE_SSL_REDIRECT",
    fix: "SECURE_SSL_REDIRECT = True",
    handled: { local: PLAIN_HTTP, cloud: EDGE },
  },
  "security.W009": key("SECRET_KEY"),
  "security.W025": key("SECRET_KEY_FALLBACKS"),
  "security.W010": cookie("SESSION_COOKIE_SECURE"),
  "security.W011": cookie("SESSION_COOKIE_SECURE"),
  "security.W012": cookie("SESSION_COOKIE_SECURE"),
  "security.W016": cookie("CSRF_COOKIE_SECURE"),
  "security.W013": httpOnly(),
  "security.W014": httpOnly(),
  "security.W015": httpOnly(),
  "security.W018": {
    problem: "DEBUG is on",
    setting: "DEBUG",
    fix: "DEBUG = False",
    handled: { local: REPORTED, cloud: REPORTED },
  },
  "security.W019": {
    problem: "pages may be shown in a frame of this site",
    setting: "X_FRAME_OPTIONS",
    fix: 'X_FRAME_OPTIONS = "DENY"',
    // Django's default is DENY: whoever sets SAMEORIGIN needs it, e.g. Wagtail's preview.
    handled: { local: "chosen in the settings", cloud: "chosen in the settings" },
  },
  "security.W020": {
    problem: "ALLOWED_HOSTS is empty",
    setting: "ALLOWED_HOSTS",
    fix: 'ALLOWED_HOSTS = os.environ["ALLOWED_HOSTS"].split(",")',
    handled: { local: REPORTED, cloud: REPORTED },
  },
  "security.W022": {
    problem: "no Referrer-Policy is sent",
    setting: "SECURE_REFERRER_POLICY",
    fix: 'SECURE_REFERRER_POLICY = "same-origin"',
  },
  "security.E023": {
    problem: "SECURE_REFERRER_POLICY is no policy",
    setting: "SECURE_REFERRER_POLICY",
    fix: 'SECURE_REFERRER_POLICY = "same-origin"',
  },
  "security.E024": {
    problem: "SECURE_CROSS_ORIGIN_OPENER_POLICY is no policy",
    setting: "SECURE_CROSS_ORIGIN_OPENER_POLICY",
    fix: 'SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"',
  },
  "security.E026": {
    problem: "a content security policy is no table",
    setting: "SECURE_CSP",
    fix: 'SECURE_CSP = {"default-src": [CSP.SELF]}',
  },
  "security.W027": {
    problem: "templates have no nonce of the content security policy",
    setting: "TEMPLATES",
    fix: 'Add "django.template.context_processors.csp" to the context processors.',
  },
  "security.E101": failureView(),
  "security.E102": failureView(),
};

function hsts(setting: string, value: string): SecurityMessage {
  return {
    problem: `${setting} is not set`,
    setting,
    fix: `${setting} = ${value}`,
    // Browsers remember HSTS for the host name, whatever the port: on localhost it would break other work.
    handled: { local: PLAIN_HTTP, cloud: EDGE },
  };
}

function cookie(setting: string): SecurityMessage {
  return {
    problem: `${setting} is not on`,
    setting,
    fix: `${setting} = True`,
    handled: { local: PLAIN_HTTP },
  };
}

function httpOnly(): SecurityMessage {
  return {
    problem: "scripts can read the session cookie",
    setting: "SESSION_COOKIE_HTTPONLY",
    fix: "SESSION_COOKIE_HTTPONLY = True",
  };
}

function key(setting: string): SecurityMessage {
  return {
    problem: `${setting} is short or known to others`,
    setting,
    fix: `${setting} from a variable with 50 random characters`,
  };
}

function failureView(): SecurityMessage {
  return {
    problem: "CSRF_FAILURE_VIEW cannot be called",
    setting: "CSRF_FAILURE_VIEW",
    fix: "Let CSRF_FAILURE_VIEW name a view with request and reason.",
  };
}
