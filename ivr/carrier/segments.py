"""How many segments a text message takes (GSM 03.38, UTF-16), as Twilio bills it."""

GSM7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_TWICE = set("^{}\\[]~|€")


def segments(body: str) -> int:
    """160 GSM-7 characters or 70 UCS-2 units fit one segment; 153 or 67 each part of several. At least 1."""
    if set(body) <= GSM7 | GSM7_TWICE:
        units, one, part = sum(2 if char in GSM7_TWICE else 1 for char in body), 160, 153
    else:
        units, one, part = len(body.encode("utf-16-be")) // 2, 70, 67
    return 1 if units <= one else -(-units // part)
