/** Where a setting stands, as evidence. */

import type { SettingsFacts } from "../../runtime/origin/contract.ts";

/** `config/settings.py:41`, else its name. */
export function locateSetting(settings: SettingsFacts, name: string): string {
  return settings.locations[name] ?? `setting ${name}`;
}
