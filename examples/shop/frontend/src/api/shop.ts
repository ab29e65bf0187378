/** What the backend's functions give; the Python shapes are in `catalogue/shapes.py` and `orders/shapes.py`. */

export interface Text {
  readonly en: string;
  readonly de: string;
}

export type Shape = "cup" | "bowl" | "plate" | "vase" | "jug" | "teapot";
export type Glaze = "celadon" | "cobalt" | "ochre" | "oxblood" | "ash";

export interface ProductSummary {
  readonly id: number;
  readonly name: Text;
  readonly shape: Shape;
  readonly glaze: Glaze;
  readonly price_cents: number;
  readonly stock: number;
}

export interface GlobalBundle {
  readonly current_user: {
    readonly id: number | null;
    readonly name: string;
    readonly is_staff: boolean;
  };
}

export interface CatalogBundle {
  readonly catalog_page: {
    readonly page: number;
    readonly pages: number;
    readonly count: number;
    readonly products: readonly ProductSummary[];
  };
}

export interface Review {
  readonly id: number;
  readonly author: string;
  readonly rating: number;
  readonly body: string;
  readonly written_at: string;
}

export interface ProductBundle {
  readonly product_detail: ProductSummary & { readonly description: Text };
  readonly product_reviews: {
    readonly average: number | null;
    readonly reviews: readonly Review[];
  };
}

export interface DeliveryBundle {
  readonly delivery_options: {
    readonly free_from_cents: number;
    readonly options: readonly {
      readonly code: "standard" | "express" | "pickup";
      readonly days: readonly [number, number];
      readonly price_cents: number;
    }[];
  };
}

export interface CartItem {
  readonly product_id: number;
  readonly name: Text;
  readonly shape: Shape;
  readonly glaze: Glaze;
  readonly price_cents: number;
  readonly quantity: number;
}

export interface CartBundle {
  readonly cart_contents: { readonly items: readonly CartItem[]; readonly total_cents: number };
}

export interface Order {
  readonly id: number;
  readonly state: "placed" | "sent" | "cancelled";
  readonly placed_at: string;
  readonly total_cents: number;
  readonly items: readonly {
    readonly product_id: number;
    readonly name: Text;
    readonly quantity: number;
    readonly price_cents: number;
  }[];
}

export interface OrdersBundle {
  readonly order_list: { readonly orders: readonly Order[] };
}

export interface DeskBundle {
  readonly desk_numbers: {
    readonly open_orders: number;
    readonly revenue_cents: number;
    readonly low_stock: readonly ProductSummary[];
    readonly waiting_reviews: readonly {
      readonly id: number;
      readonly product_id: number;
      readonly product_name: Text;
      readonly author: string;
      readonly rating: number;
      readonly body: string;
    }[];
  };
}
