"""What a turn asks the rest of the system to do, in order, in one transaction. None is carried out here.

The recording and the words of a turn come inside the effect that needs them: nothing is kept between turns.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class RecordingRef:
    """A recording at the provider: its address, its id and its length."""

    url: str
    sid: str
    seconds: int


@dataclass(frozen=True)
class RememberLanguage:
    """Keep the chosen language for this number (and its resident), for the next call."""

    language: str


@dataclass(frozen=True)
class NoteCategory:
    """The caller chose this leaf; if they hang up now, a ticket is left (`HungUp` asks for it)."""

    category: str


@dataclass(frozen=True)
class NoteWords:
    """Keep what the caller said, until the call has a ticket. `confidence` is the recogniser's."""

    words: str
    confidence: float | None = None


@dataclass(frozen=True)
class FindDwelling:
    """Look for a unit by building and keyed digits of floor and door; sets `Facts.dwelling`."""

    building: str
    keyed: str


@dataclass(frozen=True)
class OpenTicket:
    """Open the call's ticket; sets `Facts.ticket_number` and `Facts.promise`.

    `category` "" means that none was chosen. `is_raised`: the extra question of the category was answered
    with yes. `is_live`: the caller stays on the line for a person. `is_hung_up`: the caller left before the
    end. `place` is what an unknown caller keyed. A call has one ticket: if it has one already, nothing is
    opened and the facts are those of that ticket. `method` is how the category was guessed from words, "" if
    keys chose it, `sureness` the chance in percent that the guess was right; `alarm` the words that sound like an
    emergency. `unrecorded` says why there is no recording where there could be one: `declined` or `silent`.
    """

    category: str
    language: str
    unit_id: int | None = None
    is_unit_confirmed: bool = False
    place: str = ""
    is_raised: bool = False
    words: str | None = None
    confidence: float | None = None
    recording: RecordingRef | None = None
    is_live: bool = False
    is_hung_up: bool = False
    is_voicemail: bool = False
    method: str = ""
    sureness: int = 0
    alarm: str = ""
    unrecorded: str = ""


@dataclass(frozen=True)
class DeclareEmergency:
    """Make this call an emergency (class P0), stored before anybody is rung.

    With `ticket` that ticket becomes one; with "" a ticket is opened. Sets `Facts.ticket_number`. Repeated
    with another `category` it only makes the kind more precise. `trigger` is what the caller did: `key`,
    `words` or `question`.
    """

    category: str
    ticket: str
    language: str
    unit_id: int | None = None
    is_unit_confirmed: bool = False
    place: str = ""
    trigger: str = "key"


@dataclass(frozen=True)
class WithdrawEmergency:
    """The caller took a slip of the finger back. Logged; `ticket` is cancelled, or with `category` goes
    back to that category, because it was open before the slip."""

    ticket: str
    category: str = ""


@dataclass(frozen=True)
class RingDuty:
    """Find whom round `round` (1, 2, 3) of the duty chain rings and write it down; sets `Facts.ring`.

    A round without anybody on duty is passed over: the facts then hold the next one's. An empty
    `Facts.ring` means that nobody is left to ring.
    """

    ticket: str
    round: int


@dataclass(frozen=True)
class EndRound:
    """Round `round` of ringing ended; `is_talk` says whether somebody accepted and talked."""

    ticket: str
    round: int
    is_talk: bool
    seconds: int = 0


@dataclass(frozen=True)
class EnterQueue:
    """The caller waits on the line for a person; sets `Facts.is_anyone_on_duty`."""

    ticket: str  # "" when the ticket is opened in this same turn


@dataclass(frozen=True)
class LeaveQueue:
    """The caller no longer waits on the line; the ticket stays, as ordinary work.

    `why`: `message` (wants to leave one), `emergency`, `hangup`, `error`, `nobody`, `talked`; `seconds` is how long
    the talk was.
    """

    ticket: str
    why: str
    seconds: int = 0


@dataclass(frozen=True)
class AskCallback:
    """The caller wants to be rung when it is their turn, and keeps the place; sets `Facts.callback`.

    `keyed` is another number as it was keyed, "" the one that they call from.
    """

    ticket: str
    language: str
    keyed: str = ""


@dataclass(frozen=True)
class AddRecording:
    """Attach a recording to the ticket. `is_place`: it says where the caller is; `is_note`: it adds to a ticket of
    an earlier call."""

    ticket: str
    recording: RecordingRef
    is_place: bool = False
    is_note: bool = False


@dataclass(frozen=True)
class NoteUnrecorded:
    """The call's ticket has no recording although one was asked for; `why` as in `OpenTicket.unrecorded`."""

    ticket: str
    why: str


@dataclass(frozen=True)
class FindTicket:
    """Look for a ticket of this caller, by number or, with "", the newest open one; sets `Facts.ticket`."""

    number: str


@dataclass(frozen=True)
class Chase:
    """The caller presses for speed on a ticket; sets `Facts.is_chase_sent`."""

    ticket: str


@dataclass(frozen=True)
class CancelTicket:
    """The caller calls a ticket of theirs off; sets `Facts.is_done`."""

    ticket: str


@dataclass(frozen=True)
class ReopenTicket:
    """The caller says that a finished ticket of theirs is not right yet; sets `Facts.is_done`."""

    ticket: str
    recording: RecordingRef


@dataclass(frozen=True)
class JoinIncident:
    """The caller is touched by incident `incident` too and wants to be told of it; sets `Facts.is_joined`.

    No ticket is made. `language` is theirs, `unit_id` their dwelling if it is known.
    """

    incident: int
    language: str
    unit_id: int | None = None


@dataclass(frozen=True)
class NoteMissedCall:
    """The caller left no ticket and less than two seconds of sound: one line on the missed-call list."""


Effect = (
    RememberLanguage
    | NoteCategory
    | NoteWords
    | FindDwelling
    | OpenTicket
    | DeclareEmergency
    | WithdrawEmergency
    | RingDuty
    | EndRound
    | EnterQueue
    | LeaveQueue
    | AskCallback
    | AddRecording
    | NoteUnrecorded
    | FindTicket
    | Chase
    | CancelTicket
    | ReopenTicket
    | JoinIncident
    | NoteMissedCall
)
