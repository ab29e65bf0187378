/** The table of DJ01 to DJ25 (reference/django.md, section 1): `mizan doctor` and `mizan inspect` judge by it. */

import { connections, databaseUrl, driver, migrations, pooler } from "./checks/databases.ts";
import { collectstatic, manifest, media } from "./checks/files.ts";
import { imports, layout, packageManager, pythonVersion } from "./checks/packages.ts";
import { beat, channels, drain, server, workers } from "./checks/processes.ts";
import { csrf, health, hosts, proxyHeader } from "./checks/requests.ts";
import { debug, secretKey, variables } from "./checks/secrets.ts";
import { security } from "./checks/security.ts";
import type { DoctorCheck } from "./doctor-check.ts";

export const DOCTOR_CHECKS: readonly DoctorCheck[] = [
  hosts,
  csrf,
  proxyHeader,
  secretKey,
  collectstatic,
  manifest,
  migrations,
  pooler,
  connections,
  workers,
  server,
  channels,
  beat,
  drain,
  media,
  debug,
  security,
  imports,
  driver,
  packageManager,
  pythonVersion,
  layout,
  databaseUrl,
  variables,
  health,
];
