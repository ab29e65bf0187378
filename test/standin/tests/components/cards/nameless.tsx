/** Has no default export. */

export function Nameless() {
  return <p>nobody</p>;
}
