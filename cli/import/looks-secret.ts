/** Decides which values of another tool's file may be shown: those that look like plain configuration. */

const SECRET_NAME =
  /SECRET|PASSW|TOKEN|CREDENTIAL|PRIVATE|SIGNING|SALT|CERT|WEBHOOK|DSN|AUTH|PWD|KEY|(^|_)PASS($|_)/i;
/** Words, numbers, paths, addresses: nothing that a shell or a template would expand. */
const PLAIN_VALUE = /^[\w.,:/@+* -]{1,120}$/;
/** User information of a URL. */
const WITH_USER = /:\/\/[^/]*@/;

/** True unless both the name and the value look harmless. */
export function isSecret(name: string, value: string): boolean {
  if (SECRET_NAME.test(name) || !PLAIN_VALUE.test(value) || WITH_USER.test(value)) return true;
  return value.split(/[.,:/@ ]/).some(looksRandom);
}

/** True for a command that sets or passes something which may be a secret. */
export function holdsSecret(command: string): boolean {
  if (WITH_USER.test(command)) return true;
  const words = command.split(/\s+/);
  return words.some((word, index) => {
    const [, name, value] = /^-{0,2}([\w-]+)=(.+)$/.exec(word) ?? [];
    if (name !== undefined && value !== undefined) {
      return isSecret(name.replaceAll("-", "_"), value.replace(/^["']|["']$/g, ""));
    }
    const isOption = word.startsWith("--") && SECRET_NAME.test(word.replaceAll("-", "_"));
    return isOption && index + 1 < words.length;
  });
}

/** Long, without a break, letters and digits mixed: a token, a hash, an identifier. */
function looksRandom(part: string): boolean {
  return part.length >= 16 && /\d/.test(part) && /[A-Za-z]/.test(part);
}
