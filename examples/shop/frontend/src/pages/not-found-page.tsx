/** Every address that leads nowhere. */

import { Empty } from "../components/page-states.tsx";
import { useLanguage } from "../language.tsx";

export function NotFoundPage() {
  const { words } = useLanguage();
  return (
    <>
      <title>Kiln Street</title>
      <Empty>{words.notFound}</Empty>
    </>
  );
}
