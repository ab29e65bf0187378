/** What a failed file operation means to the user, by its system error code. */
import { MizanError } from "../../infra/contract/errors.ts";

export function isFileError(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

/**
 * @param path file or folder that was written or read.
 * @returns a MizanError DISK_FULL, NOT_ALLOWED or PLATFORM_UNSUPPORTED; the error itself if it is
 * none of these.
 */
export function toFileError(error: unknown, path: string): unknown {
  if (isFileError(error, "ENOSPC", "EDQUOT")) {
    return new MizanError("DISK_FULL", `No space left on the disk for ${path}`, {
      hint: "Free some space, then run the same command again; nothing was lost.",
      details: { path },
      cause: error,
    });
  }
  if (isUnlinkable(error)) {
    return new MizanError("PLATFORM_UNSUPPORTED", `The file system of ${path} has no hard links`, {
      hint: "Move the project to a folder on a local disk.",
      details: { path },
      cause: error,
    });
  }
  if (isFileError(error, "EACCES", "EPERM", "EROFS")) {
    return new MizanError("NOT_ALLOWED", `No permission to read and write ${path}`, {
      hint: "Run the command as the user who made the folder, or give it to the current one with `chown`.",
      details: { path },
      cause: error,
    });
  }
  return error;
}

/** `link()` answers EPERM where a file system cannot, as link(2) says, others ENOTSUP. */
function isUnlinkable(error: unknown): boolean {
  const isLink = error instanceof Error && "syscall" in error && error.syscall === "link";
  return isLink && isFileError(error, "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS");
}
