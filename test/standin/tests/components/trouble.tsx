/** Does what a component should not do. */

// biome-ignore lint/style/noDefaultExport: the worker takes the default export
export default function Trouble({ does }: { does: "throw" | "exit" | "hang" | "print" }) {
  if (does === "throw") throw new Error("no such luck");
  if (does === "exit") process.kill(process.pid, "SIGKILL");
  if (does === "hang") for (;;);
  console.log('{"id": 1, "html": "printed"}');
  return <p>printed</p>;
}
