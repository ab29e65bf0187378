/** For tests: what the backend says in a shop with one cup. */

export const CUP = {
  id: 1,
  name: { en: "Morning cup", de: "Morgentasse" },
  shape: "cup",
  glaze: "celadon",
  price_cents: 2400,
  stock: 18,
} as const;

const REVIEW = {
  id: 4,
  author: "Tom",
  rating: 5,
  body: "Keeps warm.",
  // In Ireland it is the next day already.
  written_at: "2026-06-30T23:30:00+00:00",
};

export const globalOf = (id: number | null, is_staff = false) => ({
  current_user: { made_for: id && String(id), id, name: id ? "ana" : "", is_staff },
});

export const catalogOf = (madeFor: string | null = null) => ({
  catalog_page: { made_for: madeFor, page: 1, pages: 1, count: 1, products: [CUP] },
});

export const productOf = (
  madeFor: string | null = null,
  price_cents: number = CUP.price_cents,
) => ({
  product_detail: {
    ...CUP,
    price_cents,
    made_for: madeFor,
    description: { en: "Warm.", de: "Wärmt." },
  },
  product_reviews: { made_for: madeFor, average: 5, reviews: [REVIEW] },
});

export const deliveryOf = (madeFor: string | null = null) => ({
  delivery_options: {
    made_for: madeFor,
    free_from_cents: 12000,
    options: [{ code: "express", days: [1, 2], price_cents: 1490 }],
  },
});

export const cartOf = (quantity: number) => ({
  cart_contents: {
    made_for: "7",
    items: quantity > 0 ? [{ ...CUP, product_id: 1, quantity }] : [],
    total_cents: quantity * CUP.price_cents,
  },
});
