/** A card to print and to lay into the parcel; Django renders it as a template (`catalogue/clients.py`). */

import { useId, useState } from "react";
import type { Glaze, Shape, Text } from "../api/shop.ts";
import { Piece } from "../components/piece.tsx";
import { chooseLanguage } from "../language.tsx";
import { WORDS } from "../words.ts";

export interface GreetingCardProps {
  readonly language: string;
  readonly name: Text;
  readonly shape: Shape;
  readonly glaze: Glaze;
}

const PAPERS = ["cream", "rose", "sky"] as const;
const MOST_LETTERS = 160;

export default function GreetingCard({ language: code, name, shape, glaze }: GreetingCardProps) {
  const language = chooseLanguage(code);
  const words = WORDS[language];
  const id = useId();
  const [greeting, setGreeting] = useState(words.greeting);
  const [paper, setPaper] = useState<string>(PAPERS[0]);
  return (
    <div className="greeting" lang={language}>
      <figure className={`greeting-card paper-${paper}`}>
        <Piece shape={shape} glaze={glaze} />
        <figcaption>
          <p className="greeting-words">{greeting}</p>
          <p className="greeting-foot">
            {name[language]}, {words.cardFoot}
          </p>
        </figcaption>
      </figure>
      <form
        className="greeting-form"
        onSubmit={(event) => {
          event.preventDefault();
          window.print();
        }}
      >
        <label htmlFor={id}>{words.greetingLabel}</label>
        <textarea
          id={id}
          rows={3}
          maxLength={MOST_LETTERS}
          value={greeting}
          onChange={(event) => setGreeting(event.target.value)}
        />
        <fieldset>
          <legend>{words.paper}</legend>
          {PAPERS.map((each) => (
            <label key={each}>
              <input
                type="radio"
                name="paper"
                value={each}
                checked={paper === each}
                onChange={() => setPaper(each)}
              />
              {words[each]}
            </label>
          ))}
        </fieldset>
        <button type="submit">{words.print}</button>
      </form>
    </div>
  );
}
