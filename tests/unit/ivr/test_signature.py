"""The signature check against the provider's published vectors."""

import pytest
from werkzeug.datastructures import MultiDict

from ivr.webhooks.signature import SignatureCheck

A = {"CallSid": "CA1234567890ABCDE", "Caller": "+14158675310", "Digits": "1234", "From": "+14158675310",
     "To": "+18005551212"}  # fmt: skip
B = {**A, "Caller": "+14158675309", "From": "+14158675309"}
REPEATED = [
    ("Sid", "CA123"),
    ("SidAccount", "AC123"),
    ("Digits", "5678"),
    ("Digits", "1234"),
    ("Digits", "1234"),
]
TARGET = "/myapp.php?foo=1&bar=2"

VECTORS = [
    ("https://example.com", A, "L/OH5YylLD5NRKLltdqwSvS0BnU="),
    ("https://mycompany.com", B, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
    ("http://mycompany.com:1234", B, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
    ("https://mycompany.com:443", B, "kvajT1Ptam85bY51eRf/AJRuM3w="),
    ("http://mycompany.com:80", B, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
    ("https://mycompany.com", REPEATED, "IK+Dwps556ElfBT0I3Rgjkr1wJU="),
]


@pytest.mark.parametrize(("base", "form", "signature"), VECTORS)
def test_published_vectors_are_accepted(base: str, form: object, signature: str) -> None:
    assert SignatureCheck("12345", base).accepts(TARGET, MultiDict(form), signature)


@pytest.mark.parametrize(
    ("base", "signature"),
    [
        ("https://mycompany.com", "kvajT1Ptam85bY51eRf/AJRuM3w="),  # signed with :443, written without
        ("https://mycompany.com:443", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),  # signed without, written with :443
    ],
)
def test_a_port_written_or_left_out_makes_no_difference(base: str, signature: str) -> None:
    assert SignatureCheck("12345", base).accepts(TARGET, MultiDict(B), signature)


@pytest.mark.parametrize("signature", ["", "x", "RSOYDt4T1cUTdK1PDd93/VVr8B9=", "ü" * 28])
def test_any_other_signature_is_refused(signature: str) -> None:
    assert not SignatureCheck("12345", "https://mycompany.com").accepts(TARGET, MultiDict(B), signature)


@pytest.mark.parametrize(
    ("target", "form"),
    [
        ("/myapp.php?foo=1&bar=3", B),
        ("/other.php?foo=1&bar=2", B),
        (TARGET, {**B, "Digits": "1235"}),
        (TARGET, {**B, "Extra": "1"}),
    ],
)
def test_a_changed_url_or_form_is_refused(target: str, form: dict[str, str]) -> None:
    check = SignatureCheck("12345", "https://mycompany.com")

    assert not check.accepts(target, MultiDict(form), "RSOYDt4T1cUTdK1PDd93/VVr8B8=")
