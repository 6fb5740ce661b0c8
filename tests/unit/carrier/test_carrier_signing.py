"""The signature vectors of Twilio's own test suites (token 12345)."""

import pytest

from ivr.carrier import signing

A = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675310"),
    ("Digits", "1234"),
    ("From", "+14158675310"),
    ("To", "+18005551212"),
]
B = [(name, "+14158675309" if name in ("Caller", "From") else value) for name, value in A]
REPEATED = [
    ("Sid", "CA123"),
    ("SidAccount", "AC123"),
    ("Digits", "5678"),
    ("Digits", "1234"),
    ("Digits", "1234"),
]
JSON_HASH = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"


@pytest.mark.parametrize(
    ("url", "form", "expected"),
    [
        ("https://example.com/myapp.php?foo=1&bar=2", A, "L/OH5YylLD5NRKLltdqwSvS0BnU="),
        ("https://mycompany.com/myapp.php?foo=1&bar=2", B, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        ("http://mycompany.com:1234/myapp.php?foo=1&bar=2", B, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
        ("https://mycompany.com:443/myapp.php?foo=1&bar=2", B, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        ("http://mycompany.com:80/myapp.php?foo=1&bar=2", B, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        ("https://mycompany.com/myapp.php?foo=1&bar=2", REPEATED, "IK+Dwps556ElfBT0I3Rgjkr1wJU="),
        (
            f"https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256={JSON_HASH}",
            [],
            "a9nBmqA0ju/hNViExpshrM61xv4=",
        ),
    ],
)
def test_signature_vectors(url: str, form: list[tuple[str, str]], expected: str) -> None:
    assert signing.signature("12345", url, form) == expected


@pytest.mark.parametrize(
    ("url", "voice", "signed"),
    [
        ("https://a.example:8443/x?y=1#rc=2", True, "https://a.example/x?y=1"),
        ("https://a.example:8443/x", False, "https://a.example:8443/x"),
        ("http://a.example:8000/x", True, "http://a.example:8000/x"),
        ("https://user:secret@a.example/x", True, "https://a.example/x"),
    ],
)
def test_what_of_the_url_is_signed(url: str, voice: bool, signed: str) -> None:
    assert signing.signed_url(url, voice=voice) == signed


def test_repeated_request_repeats_its_token() -> None:
    first = signing.headers("12345", "https://a.example/x", idempotency="same")
    other = signing.headers("12345", "https://a.example/x")

    assert first["I-Twilio-Idempotency-Token"] == "same"
    assert len(other["I-Twilio-Idempotency-Token"]) == 32
    assert first["User-Agent"] == "TwilioProxy/1.1"
