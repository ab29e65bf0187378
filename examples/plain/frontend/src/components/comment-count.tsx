/** How many comments, in words. */

export function CommentCount({ count }: { count: number }) {
  return count === 1 ? "1 comment" : `${count} comments`;
}
