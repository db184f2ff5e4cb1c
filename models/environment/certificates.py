"""The certificate with which the program serves https itself, and its key."""

from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm

from models.late import late


def unusable_pair(certificate: Path | None, key: Path | None) -> str:
    """Why the two files cannot serve https, as the second half of a sentence; "" if they can."""
    if certificate is None and key is None:
        return ""
    if certificate is None or key is None:
        missing = "VQS_TLS_CERT_FILE" if certificate is None else "VQS_TLS_KEY_FILE"
        return f"https needs both files, and {missing} is not set"
    if why := unusable_certificate(certificate) or unusable_key(key):
        return why
    fits = _public(_certificate(certificate)) == _public(_private_key(key))
    return "" if fits else f"the key does not belong to the certificate {certificate}"


def unusable_certificate(path: Path) -> str:
    """Why this is no certificate, as the second half of a sentence; "" if it is one."""
    try:
        _public(_certificate(path))
    except OSError as error:
        return f"the certificate {path} cannot be read: {error.strerror}"
    except (ValueError, UnsupportedAlgorithm):
        return f"{path} holds no certificate in PEM form"
    return ""


def unusable_key(path: Path) -> str:
    """Why this is no private key, as the second half of a sentence; "" if it is one."""
    try:
        _public(_private_key(path))
    except OSError as error:
        return f"the key cannot be read: {error.strerror}"
    except TypeError:
        return "the key is protected by a password, which nobody could type at a start"
    except (ValueError, UnsupportedAlgorithm):
        return "the file holds no private key in PEM form"
    return ""


def validity(certificate: Path) -> tuple[datetime, datetime]:
    """The certificate's first and last valid moment. Raises OSError or ValueError."""
    found = _certificate(certificate)
    return found.not_valid_before_utc, found.not_valid_after_utc


def out_of_date(certificate: Path, at: datetime) -> str:
    """A sentence where browsers refuse the certificate because of its dates; else ""."""
    try:
        first, last = validity(certificate)
    except (OSError, ValueError):
        return f"The certificate {certificate} cannot be read any more."
    if at < first:
        return (
            f"The certificate {certificate} is valid only from {first:%Y-%m-%d} on: put one there "
            f"that is valid now, or set this machine's clock right, which says {at:%Y-%m-%d}."
        )
    if at > last:
        return (
            f"The certificate {certificate} has expired on {last:%Y-%m-%d}: browsers refuse it "
            "until a new one is in its place, which is then used without a restart."
        )
    return ""


def _certificate(path: Path) -> Any:
    return late("cryptography.x509").load_pem_x509_certificate(path.read_bytes())


def _private_key(path: Path) -> Any:
    return _keys().load_pem_private_key(path.read_bytes(), None)


def _public(owner: Any) -> bytes:
    """The public key of a certificate or of a private key."""
    keys = _keys()
    form = (keys.Encoding.DER, keys.PublicFormat.SubjectPublicKeyInfo)
    return bytes(owner.public_key().public_bytes(*form))


def _keys() -> Any:
    return late("cryptography.hazmat.primitives.serialization")
