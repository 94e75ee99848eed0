"""A second address of a local Bedrock, over HTTP or HTTPS, that keeps the Authorization header of each call."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.local.server import LocalBedrockServer

__all__ = ["Listener"]


class Listener:
    """A server on loopback, as a context manager.

    :param local: Whose resources it serves; it runs in this process.
    :param folder: Where its certificate is written; left out, it speaks plain HTTP.
    """

    def __init__(self, local: LocalBedrock, folder: Path | None = None) -> None:
        self.certificate = make_certificate(folder) if folder else None
        """A file, for AWS_CA_BUNDLE. It holds the key too."""
        self.calls: list[tuple[str, str]] = []
        """The method and path of each call that arrived, with its Authorization header."""
        assert local._server is not None
        self._answer = local._server.application
        self._server = LocalBedrockServer(host="127.0.0.1", port=0, application=self._answer)
        self._server.app = self._keep
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
            self._server.ssl_context = context
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    @property
    def endpoint_url(self) -> str:
        """The URL at which it listens."""
        plain = self._server.endpoint_url
        return plain.replace("http:", "https:") if self.certificate else plain

    def environment(self) -> dict[str, str]:
        """The variables that lead boto3 here."""
        found = {"AWS_ENDPOINT_URL": self.endpoint_url}
        return {**found, "AWS_CA_BUNDLE": str(self.certificate)} if self.certificate else found

    @property
    def signers(self) -> set[str]:
        """Who signed the calls: an access key, or the whole header where it holds none."""
        return {
            header.removeprefix("AWS4-HMAC-SHA256 Credential=").partition("/")[0] if "Credential=" in header else header
            for _, header in self.calls
        }

    def _keep(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        call = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        self.calls.append((call, environ.get("HTTP_AUTHORIZATION", "")))
        return self._answer(environ, start_response)

    def __enter__(self) -> Listener:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.stop()
        self._server.server_close()


def make_certificate(folder: Path) -> Path:
    """Write a certificate for 127.0.0.1 that vouches for itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "local Bedrock")])
    now = datetime.datetime.now(datetime.timezone.utc)
    uses = {"digital_signature": True, "key_cert_sign": True}
    others = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign")
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(**uses, **dict.fromkeys((*others, "encipher_only", "decipher_only"), False)), critical=True
        )
        .sign(key, hashes.SHA256())
    )
    pem = folder / "certificate.pem"
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    pem.write_bytes(
        certificate.public_bytes(encoding) + key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain)
    )
    return pem
