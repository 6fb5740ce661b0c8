"""Saying the matter instead of choosing it: over the telephone, to the ticket."""

from sqlalchemy import select, update

from ivr.models import Call
from ivr.word_lists import set_word
from ivr.word_models import EstateLine
from tests.phone.conftest import Town, add_resident
from tickets.models import Resident

NUMBER = "+886912000001"


def test_a_guess_confirmed_by_one_is_on_the_ticket_with_method_and_confidence(town: Town) -> None:
    add_resident(town, NUMBER, "en")
    caller = town.dial(NUMBER).waits().hears("in a few words what it is about")

    caller.says("the tap in my kitchen drips").hears("Water, leak or tap").press("1").press("2")
    caller.hears("Your ticket number is").does_not_hear("what is wrong")

    ticket = town.ticket()
    assert ticket.category_code == "home.water"
    assert ticket.text == "the tap in my kitchen drips"
    assert ticket.method in ("keywords", "model")
    assert ticket.confidence is not None
    assert 0.5 <= ticket.confidence <= 1


def test_a_no_leads_to_the_keys_and_the_words_are_kept(town: Town) -> None:
    add_resident(town, NUMBER, "en")
    caller = (
        town.dial(NUMBER).waits().says("the tap in my kitchen drips").press("2").hears("What is it about")
    )

    caller.press("5").press("1").says("my bill is wrong").hears("Your ticket number is")

    ticket = town.ticket()
    assert (ticket.category_code, ticket.method) == ("services.fees", "keys")
    assert ticket.text == "the tap in my kitchen drips\nmy bill is wrong"


def test_hanging_up_after_the_words_leaves_them_on_the_call(town: Town) -> None:
    add_resident(town, NUMBER, "en")
    town.dial(NUMBER).waits().says("well you know").hears("choose by key").hangs_up()

    with town.runtime.transaction() as tx:
        assert tx.scalars(select(Call.words)).one() == "well you know"
    assert town.tickets() == []


def test_the_word_that_fired_is_in_the_history(town: Town) -> None:
    add_resident(town, NUMBER, "zh-TW")
    town.dial(NUMBER).waits().says("廚房瓦斯味很重")

    assert ("alarm_heard", {"phrase": "瓦斯味", "language": "zh-TW"}) in town.history()


def test_a_word_that_the_office_adds_fires_from_the_next_call_on(town: Town) -> None:
    add_resident(town, NUMBER, "en")
    with town.runtime.transaction() as tx:
        staff = town.staff["supervisor"]
        set_word(tx, "en", "danger", "Wobbly crane", True, staff, now=town.runtime.clock.now())

    town.dial(NUMBER).waits().says("there is a wobbly crane above us").hears("sounds like an emergency")

    assert town.ticket().text == "there is a wobbly crane above us"


def test_a_text_message_goes_to_the_queue_of_what_it_is_about(town: Town) -> None:
    town.phone_of(NUMBER).texts(town.hotline, "浴室漏水，水管好像破了")

    ticket = town.ticket()
    assert ticket.category_code == "home.water"
    assert ticket.method == "keywords"


def test_the_number_dialled_says_the_language_if_nobody_knows_it(town: Town) -> None:
    line = "+886277000001"
    with town.runtime.transaction() as tx:
        tx.add(EstateLine(e164=line, estate_id=town.estate_id, language="yue"))
    town.numbers.append(line)
    add_resident(town, NUMBER)

    caller = town.dial_to(line, NUMBER)

    assert caller.languages == {"yue-HK"}
    caller.press("9").press("3").hears("What is it about").hangs_up()
    assert town.dial_to(line, NUMBER).languages == {"en-US"}


def test_the_language_in_the_books_goes_before_the_last_call(town: Town) -> None:
    add_resident(town, NUMBER, "en")
    town.dial(NUMBER).press("9").press("2").hangs_up()
    again = town.dial(NUMBER)
    assert again.languages == {"yue-HK"}
    again.hangs_up()

    with town.runtime.transaction() as tx:
        assert tx.scalars(select(Resident.language)).one() == "yue"
        tx.execute(update(Resident).values(language="zh-TW"))

    assert town.dial(NUMBER).languages == {"cmn-TW"}
