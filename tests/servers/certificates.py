"""Certificates of an authority that exists for one test: mail servers show them, clients trust its `ca` or do not."""

from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from beraad.clock import real_now

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Certificate:
    """Two PEM files."""

    chain: Path
    key: Path


@dataclass
class Authority:
    """Signs certificates into the folder; `ca` is the file to trust."""

    folder: Path
    name: str = "Authority of the tests"
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._certificate = _signed(self.name, self._key, self.name, self._key, ca=True)
        self.ca = self.folder / "ca.pem"
        self.ca.write_bytes(_pem(self._certificate))

    def certificate(self, *names: str, valid: timedelta = DAY) -> Certificate:
        """For these names and addresses: `127.0.0.1`, `localhost`; from yesterday until `valid` from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        signed = _signed(names[0], key, self.name, self._key, names=names, valid=valid)
        made = Certificate(self.folder / f"{names[0]}.pem", self.folder / f"{names[0]}.key")
        made.chain.write_bytes(_pem(signed))
        made.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return made


def _signed(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuers_key: ec.EllipticCurvePrivateKey,
    *,
    names: tuple[str, ...] = (),
    ca: bool = False,
    valid: timedelta = DAY,
) -> x509.Certificate:
    now = real_now()
    building = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + valid)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuers_key.public_key()), critical=False
        )
    )
    if names:
        building = building.add_extension(
            x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False
        )
    return building.sign(issuers_key, hashes.SHA256())


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
