"""Key pairs: the two halves fit, and their form is the one peers publish."""

import subprocess
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from moothall.lib.keys import generate_key_pair


def test_what_the_private_half_signs_the_public_half_verifies() -> None:
    pair = generate_key_pair()
    private = serialization.load_pem_private_key(pair.private_pem.encode(), None)
    public = serialization.load_pem_public_key(pair.public_pem.encode())
    assert isinstance(private, rsa.RSAPrivateKey)
    assert isinstance(public, rsa.RSAPublicKey)

    signature = private.sign(b"text", padding.PKCS1v15(), hashes.SHA256())

    public.verify(signature, b"text", padding.PKCS1v15(), hashes.SHA256())
    assert public.key_size == 2048
    assert pair.private_pem.startswith("-----BEGIN PRIVATE KEY-----\n")
    assert pair.public_pem.startswith("-----BEGIN PUBLIC KEY-----\n")


def test_each_pair_is_another() -> None:
    assert generate_key_pair() != generate_key_pair()


def test_cryptography_is_loaded_only_to_make_keys() -> None:
    code = "import sys, moothall.lib.keys\nassert 'cryptography' not in sys.modules"

    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
