/** How a piece gets home. */

import type { DeliveryBundle } from "../api/shop.ts";
import { useLanguage } from "../language.tsx";
import { useMizanContext } from "../mizan/use-mizan.tsx";

export function DeliveryOptions() {
  const { words, formatPrice } = useLanguage();
  const { bundle, error } = useMizanContext<DeliveryBundle>("delivery");
  if (error) return null; // nobody needs it to buy
  if (!bundle) return <DeliveryWaiting />;
  const { options, free_from_cents } = bundle.delivery_options;
  return (
    <section className="delivery">
      <h2>{words.delivery}</h2>
      <dl>
        {options.map(({ code, days, price_cents }) => (
          <div key={code}>
            <dt>
              {words[code]} <span className="soft">{words.days(days[0], days[1])}</span>
            </dt>
            <dd>{price_cents === 0 ? words.free : formatPrice(price_cents)}</dd>
          </div>
        ))}
      </dl>
      <p className="soft">{words.freeFrom(formatPrice(free_from_cents))}</p>
    </section>
  );
}

/** As high as the options are, so that nothing jumps when they come. */
export function DeliveryWaiting() {
  const { words } = useLanguage();
  return (
    <section className="delivery">
      <h2>{words.delivery}</h2>
      <div className="placeholder">
        <span />
        <span />
        <span />
      </div>
      {/* Without scripts what comes later is never put here. */}
      <p className="soft only-without-scripts">{words.deliveryLater}</p>
    </section>
  );
}
