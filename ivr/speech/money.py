"""Amounts of money by CLDR: the currency's full name for the ear, its sign for the eye."""

from babel import Locale
from babel.numbers import format_currency, format_decimal

from ivr.speech.values import Channel, Money

CENTS = ".00"


def amount_of(money: Money, locale: str, channel: Channel) -> str:
    """An amount as `locale` says or writes it; a whole one without decimals."""
    decimals = "" if money.is_whole() else CENTS
    pattern, how = "#,##0" + decimals, "name"
    if channel is Channel.EYE:
        standard = str(Locale.parse(locale).currency_formats["standard"].pattern)
        pattern, how = standard.replace(CENTS, decimals), "standard"
    amount, currency = money.amount, money.currency
    return str(format_currency(amount, currency, pattern, locale, currency_digits=False, format_type=how))


def figures_of(money: Money, locale: str) -> str:
    """The amount alone, without grouping, as a voice reads it in a sentence."""
    return str(format_decimal(money.amount, "0" if money.is_whole() else "0.00", locale))
