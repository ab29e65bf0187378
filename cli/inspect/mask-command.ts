/** Takes what may be a secret out of a command that is shown to people and written to logs. */

import { isSecret } from "../import/looks-secret.ts";

const MASK = "•••";
/** User and password of an address. */
const USER_INFO = /(:\/\/)[^/\s@]+@/g;

/** `SECRET_KEY=abc gunicorn app` → `SECRET_KEY=••• gunicorn app`; the rest stays as it is written. */
export function maskCommand(command: string): string {
  return command
    .replace(/(^|\s)(-{0,2}[A-Za-z_][\w-]*)=("[^"]*"|'[^']*'|\S+)/g, maskAssignment)
    .replace(/(\s)(--[\w-]+)(\s+)("[^"]*"|'[^']*'|[^-\s]\S*)/g, maskOption)
    .replace(USER_INFO, `$1${MASK}@`);
}

function maskAssignment(whole: string, before: string, name: string, value: string): string {
  return isSecretOf(name, value) ? `${before}${name}=${MASK}` : whole;
}

/** An option's value: its name alone decides, since modules and files look like anything. */
function maskOption(whole: string, before: string, name: string, space: string): string {
  return isSecret(toName(name), "plain") ? `${before}${name}${space}${MASK}` : whole;
}

function isSecretOf(name: string, value: string): boolean {
  return isSecret(toName(name), value.replace(/^["']|["']$/g, ""));
}

/** `--api-key` → `api_key`. */
function toName(word: string): string {
  return word.replace(/^-+/, "").replaceAll("-", "_");
}
