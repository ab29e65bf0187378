/** What the pages of the bench are made of: the answers of two contexts. */

export interface Product {
  readonly id: number;
  readonly name: string;
  readonly blurb: string;
  readonly cents: number;
  readonly stock: number;
  readonly tags: readonly string[];
}

export interface Catalog {
  readonly heading: string;
  readonly categories: readonly string[];
  readonly products: readonly Product[];
}

export interface Reviews {
  readonly lines: readonly string[];
}

/** So many make a document of 20 KiB, its payload included. */
const PRODUCTS = 25;
const ADJECTIVES = ["Quiet", "Bright", "Salt & pepper", "Old", "Plain"];
const THINGS = ["kettle", "lamp", 'the "long" bench', "wool blanket", "grinder", "stool"];

/** Always the same: names with `&` and quotes among them, some sold out, some nearly. */
export function buildCatalog(): Catalog {
  return {
    heading: "Things that last",
    categories: ["Kitchen", "Light", "Wool & linen", "Garden", "Repair"],
    products: Array.from({ length: PRODUCTS }, (_, index) => ({
      id: 1000 + index,
      name: `${ADJECTIVES[index % ADJECTIVES.length]} ${THINGS[index % THINGS.length]}`,
      blurb: `Made in small numbers, repaired for ${index + 3} years; weighs less than it looks.`,
      cents: 1290 + index * 337,
      stock: index % 7,
      tags: ["new", "by hand", "oak"].slice(index % 3),
    })),
  };
}

export function buildReviews(): Reviews {
  return { lines: ["Holds.", "Arrived <whole> & on time.", "My third."] };
}
