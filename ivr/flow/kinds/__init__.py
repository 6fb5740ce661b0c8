"""The kinds of step that a flow may use, by name. A new kind is one class and one line here."""

from collections.abc import Mapping

from ivr.flow.kinds.base import Kind
from ivr.flow.kinds.callback import AskCallbackStep
from ivr.flow.kinds.choices import Choice, Notice
from ivr.flow.kinds.emergency import Emergency, EmergencyStandby, RingDutyStep
from ivr.flow.kinds.incident import IncidentNotice
from ivr.flow.kinds.menus import CategoryMenu, End, LanguageMenu, Question, SayStep
from ivr.flow.kinds.mine import MyTickets
from ivr.flow.kinds.own_words import OwnWords
from ivr.flow.kinds.person import WaitForPerson
from ivr.flow.kinds.place import AskPlace
from ivr.flow.kinds.tickets import AnnounceTicket, AskWords, ConfirmEmergency, OpenTicketStep, Voicemail

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        SayStep(),
        Notice(),
        Choice(),
        End(),
        LanguageMenu(),
        AskPlace(),
        IncidentNotice(),
        CategoryMenu(),
        OwnWords(),
        Question(),
        AskWords(),
        OpenTicketStep(),
        ConfirmEmergency(),
        AnnounceTicket(),
        WaitForPerson(),
        AskCallbackStep(),
        Voicemail(),
        MyTickets(),
        Emergency(),
        RingDutyStep(),
        EmergencyStandby(),
    )
}
