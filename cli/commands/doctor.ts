/** `mizan doctor [--strict]`. */

import { z } from "zod";
import type { DoctorReport } from "../doctor/doctor-report.ts";
import { renderDoctor } from "../doctor/render-doctor.ts";
import { openTarget } from "../targets/open-target.ts";
import { defineCommand } from "./define-command.ts";

/** As a release that is unhealthy: `RELEASE_UNHEALTHY` of infra/contract/errors.ts. */
const FAILED_STATUS = 7;

export const doctor = defineCommand({
  name: "doctor",
  flags: [{ flag: "--strict", summary: "exit 7 for warnings too, not for errors alone" }],
  options: z.strictObject({ strict: z.boolean().default(false) }),
  async run(context, { strict }): Promise<DoctorReport> {
    const report = await (await openTarget(context)).doctor();
    const hasWarning = report.checks.some(({ severity }) => severity === "warning");
    return { ...report, ok: report.ok && !(strict && hasWarning) };
  },
  render: renderDoctor,
  exitCode: ({ ok }) => (ok ? 0 : FAILED_STATUS),
});
