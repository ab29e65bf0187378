/** A piece of pottery, drawn: its shape, its glaze, and the bare clay at its foot. */

import { useId } from "react";
import type { Glaze, Shape } from "../api/shop.ts";

/** Light and shade of each glaze. */
const GLAZES: Readonly<Record<Glaze, readonly [string, string]>> = {
  celadon: ["#bcd0b7", "#779a80"],
  cobalt: ["#6f90bd", "#27447a"],
  ochre: ["#e6bd70", "#ad7527"],
  oxblood: ["#b65645", "#651f1d"],
  ash: ["#dcd7ce", "#968f85"],
};

/** In a square of 200; a handle is a line, drawn behind the body. */
const SHAPES: Readonly<Record<Shape, { readonly body: string; readonly handle?: string }>> = {
  cup: {
    body: "M58 62H142C141 100 138 128 130 142Q126 150 114 150H86Q74 150 70 142C62 128 59 100 58 62Z",
    handle: "M138 80C172 74 172 122 131 124",
  },
  bowl: { body: "M34 80H166C162 118 142 138 118 144L116 152H84L82 144C58 138 38 118 34 80Z" },
  plate: {
    body: "M22 112C40 104 160 104 178 112C168 130 142 138 120 140L116 146H84L80 140C58 138 32 130 22 112Z",
  },
  vase: {
    body: "M82 30H118C112 56 116 68 128 84C150 112 142 146 130 158Q126 164 114 164H86Q74 164 70 158C58 146 50 112 72 84C84 68 88 56 82 30Z",
  },
  jug: {
    body: "M70 44L132 40L124 56C122 72 142 92 142 120C142 142 134 152 122 156H80C68 152 58 142 58 120C58 92 80 74 76 56Z",
    handle: "M76 58C34 56 34 120 62 124",
  },
  teapot: {
    body: "M92 58Q92 48 100 48Q108 48 108 58C132 62 148 74 152 92L176 74L184 80L154 124C146 140 132 146 124 148H76C56 142 46 126 46 106C46 80 66 62 92 58Z",
    handle: "M58 76C16 68 14 130 52 126",
  },
};

export function Piece({ shape, glaze }: { readonly shape: Shape; readonly glaze: Glaze }) {
  const id = useId();
  const { body, handle } = SHAPES[shape];
  const [light, shade] = GLAZES[glaze];
  return (
    <svg className="piece" viewBox="0 0 200 200" aria-hidden="true">
      <linearGradient id={`${id}-glaze`} x1="0" x2="1">
        <stop offset="0.1" stopColor={light} />
        <stop offset="0.95" stopColor={shade} />
      </linearGradient>
      <clipPath id={`${id}-body`}>
        <path d={body} />
      </clipPath>
      <ellipse className="piece-shadow" cx="100" cy="162" rx="62" ry="9" />
      {handle && (
        <path d={handle} fill="none" stroke={shade} strokeWidth="11" strokeLinecap="round" />
      )}
      <path d={body} fill="#b98a68" />
      <g clipPath={`url(#${id}-body)`}>
        <path
          d="M0 0H200V128C180 142 168 126 148 134S122 142 104 134S74 128 58 136S22 140 0 128Z"
          fill={`url(#${id}-glaze)`}
        />
        <path
          d="M70 0C58 60 62 110 78 150"
          fill="none"
          stroke="#fff"
          strokeWidth="7"
          opacity="0.22"
        />
      </g>
    </svg>
  );
}
