"""Key pairs for HTTP signatures: RSA with 2048 bits, the one kind that every peer verifies."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeyPair:
    private_pem: str  # PKCS 8, not encrypted
    public_pem: str  # SubjectPublicKeyInfo, as actors publish it


def generate_key_pair() -> KeyPair:
    """Make a pair; takes about 40 ms of one core (at times 200), so never on an event loop."""
    from cryptography.hazmat.primitives import serialization  # 6 MB, rarely needed
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return KeyPair(private.decode("ascii"), public.decode("ascii"))
