/** An error that the agent answers with: `{"error": {"code", "message"}}`. */

const STATUS = {
  BAD_REQUEST: 400,
  NOT_FOUND: 404,
  ENDING: 409,
  EDGE_REFUSED: 422,
  EDGE_FAILED: 502,
  DISK_FULL: 507,
} as const;

export type AgentErrorCode = keyof typeof STATUS;

export class AgentError extends Error {
  override readonly name = "AgentError";
  readonly code: AgentErrorCode;

  constructor(code: AgentErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get status(): number {
    return STATUS[this.code];
  }
}
