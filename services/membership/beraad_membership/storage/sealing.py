"""Private keys at rest: encrypted (Fernet: AES-128-CBC with HMAC-SHA-256) with the service's secret."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet


def _fernet(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(sha256(secret.encode()).digest()))


def seal(document: dict[str, Any], secret: str) -> str:
    """Encrypt a document."""
    return _fernet(secret).encrypt(json.dumps(document).encode()).decode()


def unseal(sealed: str, secret: str) -> dict[str, Any]:
    """Decrypt it. Raises `cryptography.fernet.InvalidToken` when the secret is another."""
    document: dict[str, Any] = json.loads(_fernet(secret).decrypt(sealed.encode()))
    return document
