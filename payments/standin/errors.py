"""Refusals in the shape Stripe gives them."""

from payments.standin.store import Json


class ApiError(Exception):
    """An answer other than 200, with Stripe's status, type, code and parameter.

    `kept` says whether the answer is saved under the request's idempotency key: Stripe keeps the
    result of anything that began to run, and forgets what parameter checks turned away.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        kept: bool = True,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.code = code
        self.param = param
        self.kept = kept

    def body(self) -> Json:
        """The JSON body Stripe sends with this refusal."""
        error: Json = {"message": str(self), "type": self.kind}
        if self.code:
            error["code"] = self.code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}"
        if self.param:
            error["param"] = self.param
        return {"error": error}


class BadParameter(ApiError):
    """A parameter that fails its check before anything ran; never kept under an idempotency key."""

    def __init__(self, message: str, param: str, code: str | None = None) -> None:
        super().__init__(message, code=code, param=param, kept=False)


def missing(kind: str, object_id: str, param: str) -> ApiError:
    """The 404 for an id that names nothing of this kind."""
    return ApiError(f"No such {kind}: '{object_id}'", status=404, code="resource_missing", param=param)
