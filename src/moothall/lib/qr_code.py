"""QR codes, drawn on the server: what they hold (a secret, mostly) is sent to nobody else."""


def qr_data_url(text: str) -> str:
    """Draw a text as a QR code: an SVG picture as a `data:` address.

    Dark on white with the four modules of margin that readers need, also on a dark page.
    """
    import segno  # few people use it

    address: str = segno.make_qr(text, error="m").svg_data_uri(scale=4, border=4, light="#fff")
    return address
