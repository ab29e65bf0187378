/** The scenes of the demo on the live shop: each prints what was asked and answered, and fails if that is wrong. */

import { z } from "zod";
import type { ShopAnswer, ShopVisitor } from "../helpers/shop-visitor.ts";

export interface Shop {
  /** Not signed in. */
  readonly visitor: ShopVisitor;
  readonly ana: ShopVisitor;
  /** User id. */
  readonly anaId: number;
  readonly tom: ShopVisitor;
  /** Staff. */
  readonly potter: ShopVisitor;
}

const CONTEXTS = "/api/mizan/ctx/";
const CUP = `${CONTEXTS}product/?product_id=1`;
const BOWL = `${CONTEXTS}product/?product_id=2`;
const WHO = `${CONTEXTS}global/`;
const DELIVERY = `${CONTEXTS}delivery/`;
const PAGE = "/products/1";
const NEW_PRICE_CENTS = 2750;
const PAGE_PRICE_CENTS = 2600;

const productSchema = z.object({
  product_detail: z.object({ name: z.object({ en: z.string() }), price_cents: z.number() }),
});
const whoSchema = z.object({ current_user: z.object({ name: z.string() }) });

export async function showCache({ visitor }: Shop): Promise<void> {
  await read(["visitor", visitor], CUP, "MISS", describeProduct);
  await read(["visitor", visitor], CUP, "HIT", describeProduct);
  await read(["visitor", visitor], BOWL, "MISS", describeProduct);
}

/** The other product's entry stays: the mutation names its product. */
export async function showMutation({ visitor, potter }: Shop): Promise<void> {
  await setPrice(potter, NEW_PRICE_CENTS);
  const after = await read(["visitor", visitor], CUP, "MISS", describeProduct);
  const price = productSchema.parse(after.body).product_detail.price_cents;
  if (price !== NEW_PRICE_CENTS) throw new Error(`the price is still ${price}`);
  await read(["visitor", visitor], CUP, "HIT", describeProduct);
  await read(["visitor", visitor], BOWL, "HIT", describeProduct);
}

export async function showTwoUsers({ visitor, ana, anaId, tom }: Shop): Promise<void> {
  const people = [
    ["ana", ana, "ana"],
    ["tom", tom, "tom"],
    ["visitor", visitor, ""],
  ] as const;
  for (const mark of ["MISS", "HIT"]) {
    for (const [label, who, name] of people) {
      const { body } = await read([label, who], WHO, mark, describeUser);
      const found = whoSchema.parse(body).current_user.name;
      if (found !== name) throw new Error(`${label} got what was made for "${found}"`);
    }
  }
  const cart = `${CONTEXTS}cart/?user_id=${anaId}`;
  await ana.call("add_to_cart", { user_id: anaId, product_id: 1, quantity: 2 });
  await read(["ana", ana], cart, "MISS", describeCart);
  await read(["ana", ana], cart, "HIT", describeCart);
  await refuse(["tom", tom], cart);
  await refuse(["visitor", visitor], cart);
}

/** The page is made of contexts: once they are there Django is not asked, and what changes one changes the page. */
export async function showPage({ visitor, potter }: Shop): Promise<void> {
  await readPage(visitor, "MISS", NEW_PRICE_CENTS);
  await readPage(visitor, "HIT", NEW_PRICE_CENTS);
  await setPrice(potter, PAGE_PRICE_CENTS);
  await readPage(visitor, "MISS", PAGE_PRICE_CENTS);
  await readPage(visitor, "HIT", PAGE_PRICE_CENTS);
}

async function readPage(visitor: ShopVisitor, mark: string, cents: number): Promise<void> {
  const answer = await visitor.get(PAGE);
  const html = String(answer.body);
  const price = /<p class="price">([^<]+)<\/p>/.exec(html)?.[1];
  const kilobytes = Math.round(new TextEncoder().encode(html).length / 1024);
  print("visitor", `GET ${PAGE}`, answer, `Morning cup, ${price}: ${kilobytes} KiB of HTML`);
  const isRight = answer.status === 200 && answer.mark === mark && price === formatPrice(cents);
  if (!isRight)
    throw new Error(`that should have been ${mark} with ${formatPrice(cents)}: ${html}`);
}

async function setPrice(potter: ShopVisitor, cents: number): Promise<void> {
  const changed = await potter.call("set_price", { product_id: 1, price_cents: cents });
  const said = `invalidates ${changed.invalidates}`;
  print("potter", `POST set_price(product_id=1, ${formatPrice(cents)})`, changed, said);
  if (changed.status !== 200) throw new Error(`set_price answered ${changed.status}`);
}

/** What the new release describes as before is still cached; what it changed is asked anew. */
export async function showWarmth({ visitor }: Shop): Promise<void> {
  await read(["visitor", visitor], CUP, "HIT", describeProduct);
  await read(["visitor", visitor], DELIVERY, "MISS", () => "its rev has changed");
  await read(["visitor", visitor], DELIVERY, "HIT", () => "");
}

type Who = readonly [label: string, visitor: ShopVisitor];

async function read(
  [label, visitor]: Who,
  path: string,
  mark: string,
  describe: (body: unknown) => string,
): Promise<ShopAnswer> {
  const answer = await visitor.get(path);
  const isRight = answer.status === 200 && answer.mark === mark;
  print(label, `GET ${path}`, answer, isRight ? describe(answer.body) : "");
  if (isRight) return answer;
  throw new Error(`that should have been 200 and ${mark}: ${JSON.stringify(answer.body)}`);
}

async function refuse([label, visitor]: Who, path: string): Promise<void> {
  const answer = await visitor.get(path);
  print(label, `GET ${path}`, answer, `${answer.status}, nothing of hers`);
  const isRefused = answer.status === 401 || answer.status === 403;
  if (!isRefused || answer.mark === "HIT") throw new Error(`${label} got data`);
}

function print(label: string, asked: string, answer: ShopAnswer, said: string): void {
  const [outcome = ""] = answer.mark.split(";");
  const time = `${Math.max(1, Math.round(answer.durationMs))} ms`;
  const columns = [label.padEnd(7), asked.padEnd(42), outcome.padEnd(6), time.padStart(5), said];
  console.log(`  ${columns.join("  ").trimEnd()}`);
}

function describeProduct(body: unknown): string {
  const { name, price_cents: cents } = productSchema.parse(body).product_detail;
  return `${name.en}, ${formatPrice(cents)}`;
}

function describeUser(body: unknown): string {
  const { name } = whoSchema.parse(body).current_user;
  return name === "" ? "made for nobody" : `made for ${name}`;
}

function describeCart(body: unknown): string {
  const cart = z.object({ cart_contents: z.object({ total_cents: z.number() }) }).parse(body);
  return `a cart of ${formatPrice(cart.cart_contents.total_cents)}`;
}

function formatPrice(cents: number): string {
  return `€${(cents / 100).toFixed(2)}`;
}
