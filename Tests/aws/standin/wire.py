"""Requests and responses of a service in its own protocol, driven by botocore's model of it."""

from __future__ import annotations

import re
import warnings
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from botocore.loaders import create_loader
from botocore.model import OperationNotFoundError
from botocore.validate import ParamValidator
from moto.core.model import OperationModel, ServiceModel
from moto.core.parse import PROTOCOL_PARSERS, RequestParserError
from moto.core.serialize import SerializationContext, get_serializer_class
from werkzeug.datastructures import MultiDict

from standin.constraints import violations
from standin.messages import Request, Response
from standin.routes import Routes
from standin.service import AWSError

_INVALID = {"query": "ValidationError", "ec2": "InvalidParameterValue"}
_NAMES_BY_SCOPE = {
    "elasticfilesystem": "efs",
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
    "elasticloadbalancing": "elbv2",
}
"""Services whose signatures carry another name than botocore's."""
_NO_ACTION = "Unknown"
_BINARY = "smithy-rpc-v2-cbor"
_BINARY_PATH = re.compile(r"/service/[^/]+/operation/(\w+)")


class Wire:
    """One service's protocol, from the server's side."""

    def __init__(self, service: str):
        self.service = service
        description = create_loader().load_service_model(service, "service-2")
        self.model = ServiceModel(description, service)
        spoken = [name for name in self.model.metadata["protocols"] if name != _BINARY]
        self.protocol: str = spoken[0]
        self._routes = Routes(self.model) if self.protocol.startswith("rest-") else None

    def operation(self, request: Request) -> str | None:
        """The name of the operation that a request asks for."""
        if self._routes:
            return self._routes.operation(request)
        target = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        if target:
            return target
        binary = _BINARY_PATH.fullmatch(request.path)
        if binary:
            return binary[1]
        form = parse_qs(request.body.decode("utf-8", "replace")) if request.body else {}
        return form["Action"][0] if "Action" in form else dict(request.arguments).get("Action")

    def known(self, operation: str | None) -> OperationModel | None:
        """The operation's model; None for one that the service does not have."""
        try:
            return self.model.operation_model(operation) if operation else None
        except OperationNotFoundError:
            return None

    def parse(self, request: Request, operation: str, invalid: str | None) -> dict[str, Any]:
        """The operation's parameters, refused with the code `invalid` according to the model."""
        model = self.model.operation_model(operation)
        code = invalid or _INVALID.get(self.protocol, "ValidationException")
        values = MultiDict(request.arguments)
        if self.protocol in _INVALID:
            form = parse_qs(request.body.decode(), keep_blank_values=True)
            for name, entries in form.items():
                values.setlist(name, entries)
        try:
            parameters = PROTOCOL_PARSERS[self.protocol](model).parse(
                {
                    "method": request.method,
                    "values": values,
                    "headers": request.headers,
                    "body": request.body,
                    "url_path": request.path,
                    "url_params": self._routes.variables(request, operation)
                    if self._routes
                    else {},
                }
            )
        except (RequestParserError, ValueError, TypeError, AttributeError) as error:
            raise AWSError(
                "SerializationException", f"the request cannot be read: {error}"
            ) from error
        self._validate(parameters, model, code)
        return parameters

    @staticmethod
    def _validate(parameters: dict[str, Any], model: OperationModel, code: str) -> None:
        if model.input_shape is None:
            return
        report = ParamValidator().validate(parameters, model.input_shape)
        found = [report.generate_report()] if report.has_errors() else []
        found += violations(parameters, model.input_shape)
        if found:
            count = f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected"
            raise AWSError(code, f"{count}: {'; '.join(found)}")

    def result(self, operation: str, result: dict[str, Any], request_id: str) -> Response:
        """The response that carries an operation's result."""
        return self._serialized(self.model.operation_model(operation), result, request_id)

    def error(self, operation: str | None, error: AWSError, request_id: str) -> Response:
        """The response that carries an error."""
        model = self.known(operation) or OperationModel({"name": _NO_ACTION}, self.model)
        response = self._serialized(model, error, request_id)
        response.status = error.status
        return response

    def _serialized(self, model: OperationModel, outcome: object, request_id: str) -> Response:
        serializer = get_serializer_class(self.service, self.protocol)
        with warnings.catch_warnings():
            # AWS too answers with common codes that a service's model does not name.
            warnings.simplefilter("ignore", UserWarning)
            sent = serializer(model, SerializationContext(request_id)).serialize(outcome)
        body = sent["body"]
        headers = {**sent["headers"], "x-amzn-RequestId": request_id}
        return Response(
            sent["status_code"], body.encode() if isinstance(body, str) else body, headers
        )


@cache
def wire(service: str) -> Wire:
    """The protocol of a service by its name in botocore's models."""
    return Wire(service)


@cache
def service_of_scope(scope: str) -> str | None:
    """The service's name in botocore's models; None for a service that botocore does not know."""
    name = _NAMES_BY_SCOPE.get(scope, scope)
    return name if name in create_loader().list_available_services("service-2") else None
