"""Time-based one-time passwords (RFC 6238): SHA-1, six digits, thirty seconds, one step of grace.

These are the only parameters that every authenticator app understands.
"""

import hmac
import re

_STEP_S = 30
_CODE = re.compile(r"[0-9]{6}", re.ASCII)


def new_secret() -> str:
    """Make a secret: 160 bits in base 32, as RFC 4226 section 4 recommends."""
    import pyotp  # few people use it

    return pyotp.random_base32(32)


def otpauth_url(secret: str, issuer: str, account: str) -> str:
    """Write the URL that authenticator apps read, usually from a QR code."""
    import pyotp

    # A colon separates issuer and account in the label, so neither may hold one.
    issuer, account = issuer.replace(":", " "), account.replace(":", " ")
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def matching_step(secret: str, code: str, now_s: float) -> int | None:
    """Find the time step that the code belongs to: the present one, the one before or after.

    None for a wrong code. A caller that keeps the last used step and refuses one not above it
    keeps a code from being used twice.
    """
    import pyotp

    code = code.replace(" ", "")
    if not _CODE.fullmatch(code):
        return None
    totp = pyotp.TOTP(secret)
    present = int(now_s // _STEP_S)
    found = None
    for step in (present - 1, present, present + 1):  # always all three: equal time
        if step >= 0 and hmac.compare_digest(totp.generate_otp(step), code):
            found = step
    return found
