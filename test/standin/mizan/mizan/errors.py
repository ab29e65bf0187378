"""Failures with a code and a status: the protocol's envelope `{"error": {code, message, details?}}`."""


class MizanError(Exception):
    code = "INTERNAL_ERROR"
    status = 500

    def __init__(self, message, details=None):
        super().__init__(message)
        self.message = message
        self.details = details

    def envelope(self):
        error = {"code": self.code, "message": self.message}
        if self.details is not None:
            error["details"] = self.details
        return {"error": error}


class BadRequest(MizanError):
    code, status = "BAD_REQUEST", 400


class Unauthorized(MizanError):
    code, status = "UNAUTHORIZED", 401


class Forbidden(MizanError):
    code, status = "FORBIDDEN", 403


class NotFound(MizanError):
    code, status = "NOT_FOUND", 404


class MethodNotAllowed(MizanError):
    code, status = "METHOD_NOT_ALLOWED", 405


class ValidationFailed(MizanError):
    code, status = "VALIDATION_ERROR", 422


class NotImplementedYet(MizanError):
    code, status = "NOT_IMPLEMENTED", 501


class InternalError(MizanError):
    pass
