/** URL patterns by their segments: finds all that fit a path in time that depends on the path alone. */

import {
  buildConverterSource,
  buildTailExpression,
  listPatternNames,
  type UrlPattern,
} from "./url-pattern.ts";

export interface PatternMatch<T> {
  readonly value: T;
  /** Parameter to its decoded text. */
  readonly parameters: ReadonlyMap<string, string>;
}

interface Leaf<T> {
  readonly value: T;
  readonly names: readonly string[];
}

/** Patterns with mixed segments are compared one by one below their common start. They are rare. */
interface Tail<T> extends Leaf<T> {
  readonly expression: RegExp;
}

/** A segment that is one parameter, tried beside the literal. At most one per converter. */
interface Branch<T> {
  readonly converter: string | null;
  readonly expression: RegExp;
  readonly node: Node<T>;
}

interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  readonly branches: Branch<T>[];
  readonly leaves: Leaf<T>[];
  readonly tails: Tail<T>[];
}

/** A walk under way: where it stands, and the values that it bound. */
interface Walk<T> {
  readonly segments: readonly string[];
  readonly values: string[];
  readonly found: PatternMatch<T>[];
}

export class PatternTree<T> {
  readonly #root: Node<T> = createNode();

  add(pattern: UrlPattern, value: T): void {
    const names = listPatternNames(pattern);
    let node = this.#root;
    for (const [index, segment] of pattern.segments.entries()) {
      if ("mixed" in segment) {
        node.tails.push({ value, names, expression: buildTailExpression(pattern, index) });
        return;
      }
      node =
        "literal" in segment
          ? ensureLiteral(node, segment.literal)
          : ensureBranch(node, segment.parameter.converter);
    }
    node.leaves.push({ value, names });
  }

  /** @param segments decoded, as `splitCanonicalPath` gives them */
  find(segments: readonly string[]): readonly PatternMatch<T>[] {
    const walk: Walk<T> = { segments, values: [], found: [] };
    visit(this.#root, 0, walk);
    return walk.found;
  }
}

function visit<T>(node: Node<T>, index: number, walk: Walk<T>): void {
  const { segments, values } = walk;
  matchTails(node.tails, index, walk);
  const segment = segments[index];
  if (segment === undefined) {
    for (const leaf of node.leaves) report(leaf, values, walk);
    return;
  }
  const literal = node.literals.get(segment);
  if (literal !== undefined) visit(literal, index + 1, walk);
  for (const branch of node.branches) {
    if (!branch.expression.test(segment)) continue;
    values.push(segment);
    visit(branch.node, index + 1, walk);
    values.pop();
  }
}

function matchTails<T>(tails: readonly Tail<T>[], index: number, walk: Walk<T>): void {
  if (tails.length === 0) return;
  const rest = walk.segments.slice(index).join("/");
  for (const tail of tails) {
    const match = tail.expression.exec(rest);
    if (match !== null) report(tail, [...walk.values, ...match.slice(1)], walk);
  }
}

function report<T>({ value, names }: Leaf<T>, values: readonly string[], walk: Walk<T>): void {
  const parameters = new Map(names.map((name, index) => [name, values[index] ?? ""]));
  walk.found.push({ value, parameters });
}

function ensureLiteral<T>(node: Node<T>, literal: string): Node<T> {
  const known = node.literals.get(literal);
  if (known !== undefined) return known;
  const created = createNode<T>();
  node.literals.set(literal, created);
  return created;
}

function ensureBranch<T>(node: Node<T>, converter: string | null): Node<T> {
  const known = node.branches.find((branch) => branch.converter === converter);
  if (known !== undefined) return known.node;
  const expression = new RegExp(`^${buildConverterSource(converter)}$`, "u");
  const created = { converter, expression, node: createNode<T>() };
  node.branches.push(created);
  return created.node;
}

function createNode<T>(): Node<T> {
  return { literals: new Map(), branches: [], leaves: [], tails: [] };
}
