import { describe, expect, it } from "vitest";
import { toFileError } from "../../../../cli/state/file-error.ts";

function fail(code: string, syscall = "open"): Error {
  return Object.assign(new Error(code), { code, syscall });
}

describe("toFileError", () => {
  it.each([
    [fail("ENOSPC", "write"), "DISK_FULL", 5],
    [fail("EDQUOT", "write"), "DISK_FULL", 5],
    [fail("EACCES"), "NOT_ALLOWED", 4],
    [fail("EROFS"), "NOT_ALLOWED", 4],
    [fail("EPERM", "link"), "PLATFORM_UNSUPPORTED", 5],
    [fail("ENOTSUP", "link"), "PLATFORM_UNSUPPORTED", 5],
  ])("says what %s means, with one next step", (error, code, exitCode) => {
    expect(toFileError(error, "/p/.mizan")).toMatchObject({
      code,
      exitCode,
      message: expect.stringContaining("/p/.mizan"),
      hint: expect.stringMatching(/\w/),
      cause: error,
    });
  });

  it("passes on what it does not know", () => {
    const error = fail("EIO");
    expect(toFileError(error, "/p")).toBe(error);
  });
});
