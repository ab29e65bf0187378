/** DJ17: what `check --deploy --tag security` says, less what this target does itself. */

import { at, type DoctorCheck, find, pass, skipUnmeasured } from "../doctor-check.ts";
import { SECURITY_MESSAGES } from "../security-messages.ts";

export const security: DoctorCheck = {
  code: "DJ17",
  title: "Django's own security checks",
  severity: { local: "warning", cloud: "warning" },
  needs: "measures",
  check(subject) {
    const { securityChecks } = subject.measures;
    if (securityChecks === null) return skipUnmeasured(subject, "securityChecks");
    const evidence = "check --deploy --tag security";
    const handled = securityChecks.filter((id) => SECURITY_MESSAGES[id]?.handled?.[subject.target]);
    const open = securityChecks.filter((id) => !handled.includes(id));
    const [first] = open;
    if (first === undefined) {
      const how = handled.map((id) => `${id}: ${SECURITY_MESSAGES[id]?.handled?.[subject.target]}`);
      return pass(how.length === 0 ? "they find nothing" : how.join("; "), evidence);
    }
    const told = open.map(
      (id) => `${SECURITY_MESSAGES[id]?.problem ?? "a check of the app"} (${id})`,
    );
    const known = SECURITY_MESSAGES[first];
    return find(
      `${told.join("; ")}`,
      known === undefined ? evidence : at(subject, known.setting),
      known?.fix ?? "mizan run check --deploy --tag security shows its words.",
    );
  },
};
