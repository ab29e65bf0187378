/** From a failed collectstatic to the one next step. */

import type { AppError } from "../../../runtime/origin/contract.ts";

/** boto3 and google-cloud-storage: static files that go to a bucket need its keys here too. */
const NO_KEYS =
  /NoCredentialsError|Unable to locate credentials|PartialCredentialsError|DefaultCredentialsError/;

export function findCollectHint({ type, message }: AppError): string {
  if (NO_KEYS.test(`${type} ${message}`)) {
    return "Static files go to a bucket (STORAGES): add its keys to .env, e.g. AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=…";
  }
  return "Fix the file it names, then: mizan deploy";
}
