"""Every sentence that a caller, a duty person or a reader of our texts gets, in English, its source language.

`prompt(key, text)`: the key is the message context and never changes; flows name prompts by it. A `# VOICE:`
comment above tells translators when it is heard and how long it may be. Whole sentences, never glued parts;
values are typed and worded by `ivr.speech`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter


@dataclass(frozen=True)
class Prompt:
    """A sentence to be spoken or sent. `plural` is its second form; `fields` the values that it needs."""

    key: str
    text: str
    plural: str | None
    fields: tuple[str, ...]


_PROMPTS: dict[str, Prompt] = {}


def prompt(key: str, text: str) -> Prompt:
    """Declare the prompt `key`; returns it."""
    return _declare(key, text, None)


def prompt_n(key: str, one: str, many: str) -> Prompt:
    """Declare a prompt whose form follows the value `count`; returns it."""
    return _declare(key, one, many)


def _declare(key: str, text: str, plural: str | None) -> Prompt:
    if key in _PROMPTS:
        raise ValueError(f"prompt {key} is declared twice")
    return _PROMPTS.setdefault(key, Prompt(key, text, plural, fields_of(plural or text)))


def fields_of(text: str) -> tuple[str, ...]:
    """The names in braces within `text`, each once. Raises `ValueError` for a brace without its partner."""
    return tuple(dict.fromkeys(name for _, name, _, _ in Formatter().parse(text) if name))


def prompt_of(key: str) -> Prompt:
    """The prompt declared as `key`; raises `KeyError` if there is none."""
    return _PROMPTS[key]


def prompts() -> Mapping[str, Prompt]:
    """Every prompt by its key."""
    return _PROMPTS


# VOICE: the first words of every call; keep it short, it is heard thousands of times
prompt("greeting.estate", "Thank you for calling {estate}.")
# VOICE: right after the greeting, in every call
prompt("greeting.emergency", "In an emergency, press star at any time.")
# VOICE: greeting outside office hours; {opening} is a time such as "tomorrow at 08:00"
prompt(
    "greeting.closed",
    "Our office is closed now and opens again {opening}. Emergencies and reports are taken at any hour.",
)
# VOICE: on a public holiday; {opening} is a time such as "tomorrow at 08:00"
prompt(
    "greeting.holiday",
    "Our office is closed today for the holiday and opens again {opening}. "
    "Emergencies and reports are taken at any hour.",
)
# VOICE: during a typhoon, an earthquake, a long power cut: the office said so; calm
prompt(
    "greeting.major",
    "We are working under emergency arrangements today. Whatever is dangerous comes first; "
    "other work may take longer than usual.",
)
# VOICE: {notice} is what the office wrote for today, one or more whole sentences
prompt("notice.office", "A message from the office: {notice}")
# VOICE: when very many callers are waiting; the menu follows
prompt(
    "greeting.busy",
    "Very many people are calling us right now. Tell us by the menu what it is about, "
    "and you get a ticket number at once.",
)
# VOICE: the caller asked for a person while many others wait; the choices follow
prompt("busy.offer", "Many callers are waiting for a person right now.")
# VOICE: first choice
prompt("busy.message", "To leave a message and get a ticket number at once, press {key}.")
# VOICE: last choice
prompt("busy.wait", "To wait for a person all the same, press {key}.")

# VOICE: the language menu; say the name of YOUR language in your language
prompt("language.choose", "For English, press {key}.")
# VOICE: end of the language menu, if YOUR language is only on its second page; short
prompt("language.more", "For other languages, press {language}.")
# VOICE: a returning caller hears it after the greeting, spoken in the remembered language
prompt("language.change", "For another language, press {language}.")

# VOICE: {unit} is the caller's home, e.g. "block 3, 12th floor, flat A"; no key is needed if it is right
prompt("place.known", "You are calling about {unit}. If that is not right, press {back}.")
# VOICE: the caller has several homes; choices follow
prompt("place.pick", "Which home is it about?")
# VOICE: one home in the list
prompt("place.pick_choice", "For {unit}, press {key}.")
# VOICE: end of the list of homes
prompt("place.pick_none", "For none of these, press {key}.")
# VOICE: an unknown caller keys a number; waiting goes on
prompt(
    "place.ask_building",
    "Which building is it? Please key in its number. If you cannot, just wait and we go on.",
)
# VOICE: after the building; letters on the door are keyed as numbers
prompt(
    "place.ask_unit",
    "Now key in the floor and the flat as one number. If the flat is a letter, A is 1, B is 2, and so on.",
)
# VOICE: the keyed home was found
prompt("place.found", "That is {unit}.")
# VOICE: the keyed home was not found; the question comes again
prompt("place.not_found", "We cannot find that home. Please try once more.")
# VOICE: no home known; the call goes on all the same
prompt("place.go_on", "That is all right. We go on, and will ask you for the address later.")

# VOICE: before the menu, while something troubles the whole building; {category} is e.g. "no water"
prompt("incident.known", "We know of a problem in your building: {category}. We are working on it.")
# VOICE: the office wrote more about it, but only in its own language; that text follows
prompt("incident.other_language", "The office has more to say, in another language. Here it is.")
# VOICE: end of the notice
prompt(
    "incident.choices",
    "If this is what you are calling about, press {yes} and we will tell you when it is over. "
    "For anything else, press {no}.",
)
# VOICE: the caller pressed the key; goodbye follows
prompt("incident.joined", "Thank you. We will tell you as soon as it is over.")
# VOICE: the same, to a caller whose number is withheld, whom we cannot tell; goodbye follows
prompt(
    "incident.joined_unseen",
    "Thank you, we have counted you in. We do not know your number, so please call again for news.",
)
# VOICE: it ended in this very moment; the menu follows
prompt("incident.over", "We have just heard that this is over.")
# VOICE: a call, or the beginning of a text message, to everybody who was troubled; {category} as above
prompt(
    "incident.ended",
    "{estate}: the problem in your building, {category}, is over. Thank you for your patience.",
)
# VOICE: a call, or the beginning of a text message, with news in the office's own words after it
prompt("incident.news", "{estate}, news about the problem in your building, {category}.")
# VOICE: a text message only: the words that follow are in another language than the reader's
prompt("sms.other_language", "The rest is available only in another language:")

# VOICE: before the choices of the main menu
prompt("menu.main", "What is it about?")
# VOICE: before everything else in the main menu, for callers who need more time; slow and clear
prompt("menu.person_first", "To talk to a person, press {person}.")
# VOICE: before the choices of a lower menu; {name} is what was chosen, e.g. "Repair in my home"
prompt("menu.below", "{name}. What exactly?")
# VOICE: one choice; {name} is a category such as "water, leak, tap"
prompt("menu.choice", "For {name}, press {key}.")
# VOICE: last choice of the main menu
prompt("menu.my_tickets", "For tickets that you have with us already, press {key}.")
# VOICE: near the end of the main menu, for whoever does not find the matter in it
prompt("menu.own_words", "Or just wait, and then say it in your own words.")
# VOICE: end of the main menu
prompt("menu.help", "For a person, press {person}. To hear this again, press {repeat}.")
# VOICE: end of a lower menu
prompt("menu.help_below", "To go back, press {back}. For a person, press {person}.")
# VOICE: a key that stands for nothing; the menu follows again
prompt("menu.not_a_choice", "That is not a choice.")
# VOICE: nothing was pressed; the menu follows again
prompt("menu.silence", "We did not hear anything.")
# VOICE: third slip in a row
prompt("menu.to_person", "Let us find somebody to help you.")

# VOICE: nothing was pressed at the main menu; the caller then speaks. Words or keys both count
prompt("own.ask", "Please say in a few words what it is about.")
# VOICE: what we take the words to mean; {name} is a category such as "Water, leak or tap"
prompt(
    "own.guess",
    "We understood: {name}. If that is right, press {yes} or say yes. If it is not, press {no} or say no.",
)
# VOICE: the words could not be placed; the menu follows
prompt("own.menu", "Thank you. We could not place that. Please choose by key.")

# VOICE: extra question after "lift out of order"
prompt("question.anyone_inside", "Is anyone inside the lift? Press {yes} for yes, {no} for no.")
# VOICE: extra question after "water, leak, tap"
prompt("question.water_running", "Is water running out right now? Press {yes} for yes, {no} for no.")
# VOICE: extra question after "electricity"
prompt("question.no_power", "Is the power off in the whole flat? Press {yes} for yes, {no} for no.")
# VOICE: extra question after "drain, toilet"
prompt(
    "question.sewage",
    "Is sewage coming up, or is it your only toilet? Press {yes} for yes, {no} for no.",
)
# VOICE: extra question after "door, window, lock"
prompt("question.cannot_close", "Is it impossible to close or lock it? Press {yes} for yes, {no} for no.")
# VOICE: extra question after "entry phone, gate, door system"
prompt("question.stands_open", "Does the entrance stand open? Press {yes} for yes, {no} for no.")
# VOICE: extra question after "cleaning, refuse, pests"
prompt("question.pests", "Is it about rats or insects? Press {yes} for yes, {no} for no.")
# VOICE: extra question after "keys"
prompt("question.key_lost", "Has a key been lost? Press {yes} for yes, {no} for no.")

# VOICE: the one request for words; the caller then speaks
prompt("words.ask", "Please say in a few words what is wrong.")
# VOICE: nothing was understood; a tone follows, then the caller speaks
prompt(
    "words.record",
    "After the tone, please say what is wrong. What you say is recorded. "
    "To go on without being recorded, press {unrecorded}.",
)
# VOICE: the words sounded like an emergency; five seconds of silence count as yes
prompt(
    "words.is_emergency",
    "That sounds like an emergency. If it is, press {yes} or say yes. If it is not, press {no}.",
)

# VOICE: the ticket number, digit by digit
prompt("ticket.number", "Your ticket number is: {number}.")
# VOICE: the same number again, right after
prompt("ticket.number_again", "Once more: {number}.")
# VOICE: {promise} is a time such as "14:30", "tomorrow at 09:00", "Monday at 09:00"
prompt("ticket.promise", "Somebody will answer you by {promise}.")
# VOICE: only if a text message was really sent
prompt("ticket.texted", "A text message with this number is on its way to you.")
# VOICE: after the ticket number
prompt("ticket.repeat", "To hear it again, press {repeat}.")
# VOICE: last words of a call
prompt("goodbye", "Thank you. Goodbye.")

# VOICE: before the music, when the caller asked for a person
prompt("person.hold", "Please stay on the line. We are getting somebody for you.")
# VOICE: while waiting: nobody is before the caller
prompt("person.next", "You are next.")
# VOICE: while waiting; {count} callers are before this one
prompt_n("person.before_you", "There is {count} caller before you.", "There are {count} callers before you.")
# VOICE: while waiting; only if the figure is known
prompt_n("person.minutes", "The wait is about {count} minute.", "The wait is about {count} minutes.")
# VOICE: while waiting: more than ten minutes
prompt("person.long", "The wait is more than ten minutes.")
# VOICE: while waiting
prompt("person.leave_message", "To leave a message instead, press {key}.")
# VOICE: while waiting, after a minute or when many are waiting
prompt("person.call_back", "To be called back without losing your place, press {key}.")
# VOICE: nobody is on duty, or the queue is closed; the request for a message follows
prompt("person.nobody", "Nobody is free to talk to you right now.")
# VOICE: somebody took the call
prompt("person.connecting", "Thank you for waiting. We are connecting you now.")
# VOICE: the connection failed; music follows
prompt("person.again", "That did not work. Please stay on the line, you keep your place.")

# VOICE: the caller asked to be called back; they may hang up now
prompt(
    "callback.asked",
    "We will call you back on the number that you are calling from, as soon as it is your turn. "
    "You may hang up now. To be called on another number, press {again}.",
)
# VOICE: the caller keys a telephone number; waiting ends it
prompt("callback.ask_number", "Please key in your telephone number with its area code, then wait.")
# VOICE: {callback} is the number that was keyed, read back
prompt("callback.agreed", "We will call you on {callback} as soon as it is your turn. You keep your place.")
# VOICE: the number that was keyed does not exist, or is in another country
prompt("callback.impossible", "We cannot call that number.")
# VOICE: no other number was given; goodbye follows
prompt("callback.kept", "We will call you back on the number that you are calling from.")
# VOICE: first words of the call-back; whoever answers may be somebody else of the household
prompt("callback.hello", "{estate} calling back, as you asked.")
# VOICE: right after it
prompt("callback.choices", "To talk to us now, press {yes}. If it is no longer needed, press {no}.")
# VOICE: the resident pressed the key for "no longer needed"
prompt(
    "callback.off", "All right. We will not call again about this, and your report stays with us. Goodbye."
)
# VOICE: the resident answered too late: the call was meant for an earlier moment
prompt("callback.over", "Thank you, this call is no longer needed. Goodbye.")
# VOICE: text message after the last attempt
prompt(
    "sms.callback_missed",
    "{estate}: we tried to call you back and could not reach you. Your ticket {number} stays with us.",
)

# VOICE: a tone follows, then the caller speaks
prompt(
    "voicemail.ask",
    "Please leave a message after the tone. It is recorded; if you do not want that, press {unrecorded} now. "
    "When you have finished speaking, press {hash}.",
)
# VOICE: nothing was said after the tone
prompt("voicemail.nothing", "We did not hear a message.")

# VOICE: star was pressed; the six choices follow, so be very short
prompt("emergency.menu", "Emergency. Press a number, or just wait and we ring for help.")
# VOICE: one kind of emergency; {name} is e.g. "people in a lift"; very short
prompt("emergency.choice", "{key}: {name}.")
# VOICE: end of the emergency menu
prompt("emergency.slip", "If you pressed star by mistake, press {repeat}.")
# VOICE: after a slip was taken back
prompt("emergency.withdrawn", "All right, no emergency.")
# VOICE: people are in a lift that stands; calm
prompt(
    "safety.lift",
    "Stay inside the lift and leave the doors alone. There is enough air. Help is coming.",
)
# VOICE: fire or smoke; calm and clear
prompt("safety.fire", "Get out now. Shut the door behind you. Take the stairs, not the lift.")
# VOICE: smell of gas
prompt("safety.gas", "Touch no switch and light no flame. Leave the flat and call from outside.")
# VOICE: somebody is hurt or ill
prompt("safety.person", "Stay with the person and do not move them. Help is coming.")
# VOICE: intruder or violence
prompt("safety.intruder", "Go somewhere safe and lock the door. Keep away from the person.")
# VOICE: falling objects, live wire
prompt("safety.danger", "Keep clear, and keep others clear. Touch nothing.")
# VOICE: kind of emergency not known
prompt("safety.unknown", "If you are in danger, go somewhere safe first.")
# VOICE: before the first ringing
prompt("emergency.ringing", "Stay on the line. We are ringing the people on duty.")
# VOICE: between two rounds of ringing
prompt("emergency.still_ringing", "No answer yet. We are ringing the next people. Stay on the line.")
# VOICE: a tone follows; the caller says the place
prompt(
    "emergency.where",
    "Where are you? Say building and floor after the tone. It is recorded; to go on without, press {unrecorded}.",
)
# VOICE: all rounds rang in vain
prompt("emergency.nobody", "Nobody has answered yet. We keep trying, and your report is kept.")
# VOICE: {phone} is the public emergency number of the place, e.g. 119
prompt("emergency.public", "If anyone is in danger, call {phone} yourself, now.")
# VOICE: after the ticket number of an emergency
prompt(
    "emergency.choices",
    "To ring again, press {again}. To say where you are, press {place}.",
)
# VOICE: the place was recorded
prompt("emergency.place_kept", "Thank you. We have noted where you are.")

# VOICE: own tickets; choices follow
prompt("tickets.choices", "To hear how it stands, press {state}. To ask us to hurry, press {chase}.")
# VOICE: own tickets
prompt(
    "tickets.ask_number",
    "Please key in your ticket number. If you do not have it, just wait: we look for your newest one.",
)
# VOICE: before a ticket's state; {number} digit by digit
prompt("tickets.number", "Ticket {number}, {category}.")
# VOICE: the keyed number does not exist or belongs to somebody else
prompt("tickets.not_found", "We cannot find that ticket.")
# VOICE: a ticket's state
prompt("tickets.state_queued", "It is waiting for the next person who can take it.")
# VOICE: a ticket's state
prompt("tickets.state_assigned", "Somebody has taken it and is working on it.")
# VOICE: a ticket's state
prompt("tickets.state_waiting", "It is waiting for something that we need first.")
# VOICE: a ticket's state
prompt("tickets.state_resolved", "It is done.")
# VOICE: a ticket's state
prompt("tickets.state_closed", "It is closed.")
# VOICE: right after it; some callers would rather ask a person
prompt("tickets.person", "If you would like to ask somebody, press {person}.")
# VOICE: after the state of a ticket that is being worked on
prompt(
    "tickets.more",
    "To ask us to hurry, press {chase}. To add something, press {add}. To call it off, press {cancel}.",
)
# VOICE: after the state of a ticket that is done or closed
prompt("tickets.more_over", "If it is not right yet, press {reopen}.")
# VOICE: a tone follows, then the caller speaks
prompt(
    "tickets.add", "After the tone, please say what you would like to add. It is recorded. Then press {hash}."
)
# VOICE: what was said is with the ticket; goodbye follows
prompt("tickets.added", "Thank you. We have added it to your ticket.")
# VOICE: nothing was said after the tone; goodbye follows
prompt("tickets.nothing_added", "We did not hear anything, so nothing has changed.")
# VOICE: before a ticket is called off; {number} digit by digit
prompt("tickets.cancel_sure", "To call off ticket {number}, press {yes}. To keep it, press {no}.")
# VOICE: the ticket was called off; goodbye follows
prompt("tickets.cancelled", "It is called off.")
# VOICE: the ticket was not called off; goodbye follows
prompt("tickets.kept", "Your ticket stays as it is.")
# VOICE: a tone follows, then the caller says what is still wrong
prompt(
    "tickets.reopen", "After the tone, please say what is not right yet. It is recorded. Then press {hash}."
)
# VOICE: the ticket was opened again; goodbye follows
prompt("tickets.reopened", "Thank you. Your ticket is open again, and somebody will answer you.")
# VOICE: that could not be done, because the ticket has moved on or ended too long ago
prompt("tickets.not_done", "That is not possible any more. Please call again and open a new ticket.")
# VOICE: text message to whoever works on a ticket
prompt("sms.chased", "Ticket {number}, {estate}, {category}: the resident asks us to hurry.")
# VOICE: after a chase
prompt("tickets.chased", "We have told the person who has it that you are waiting.")
# VOICE: a second chase within half an hour
prompt("tickets.chased_again", "We have noted that you asked again. They were told a short while ago.")

# VOICE: a duty person answers the phone; the caller cannot hear it
prompt("whisper.duty", "Emergency at {estate}: {category}.")
# VOICE: the place of the emergency, to the duty person
prompt("whisper.place", "The place is {unit}.")
# VOICE: the place is not known, to the duty person
prompt("whisper.no_place", "The place is not known.")
# VOICE: to the duty person or the agent; without the key the call is not theirs
prompt("whisper.accept", "To take the call, press {key}.")
# VOICE: an agent answers the phone; the caller cannot hear it
prompt("whisper.agent", "Hotline, a caller from {estate}: {category}.")
# VOICE: another person was quicker
prompt("whisper.too_late", "Somebody else has taken it already. Thank you.")

# VOICE: call to a person on duty about one late ticket
prompt("escalation.one", "Ticket {number} at {estate}, {category}, has passed its deadline.")
# VOICE: call to a person on duty about several late tickets; the oldest is named
prompt_n(
    "escalation.many",
    "{count} ticket has passed its deadline. The oldest is {number} at {estate}, {category}.",
    "{count} tickets have passed their deadline. The oldest is {number} at {estate}, {category}.",
)
# VOICE: end of that call
prompt("escalation.acknowledge", "To acknowledge, press {key}.")
# VOICE: the key was pressed
prompt("escalation.thanks", "Thank you. It is acknowledged and now in your hands.")
# VOICE: the key was pressed, but {name}, a colleague, was quicker
prompt("escalation.taken", "Thank you. {name} has it already.")
# VOICE: no key was pressed
prompt("escalation.next", "Not acknowledged. The next person will be told. Goodbye.")

# VOICE: text message to the caller; short, one or two segments
prompt(
    "sms.ticket_opened",
    "{estate}: we have your report ({category}). Ticket number {number}. Somebody will answer by {promise}.",
)
# VOICE: second sentence of a text to the caller, while a red weather alert holds
prompt(
    "sms.storm", "Because of the severe weather answers take longer now. Emergencies come first, as always."
)
# VOICE: text message to the caller, when no time can be promised
prompt("sms.ticket_opened_plain", "{estate}: we have your report ({category}). Ticket number {number}.")
# VOICE: text message to the caller of an emergency
prompt(
    "sms.emergency_opened",
    "{estate}: your emergency is ticket {number}. People on duty are being called. In danger call {phone}.",
)
# VOICE: text message to a person on duty about one late ticket
prompt(
    "sms.escalation",
    "Ticket {number}, {estate}, {category}: deadline passed at {due}. Level {level}. "
    "Please acknowledge by phone or at {link}.",
)
# VOICE: text message to a person on duty about several late tickets; {tickets} is a list of numbers
prompt_n(
    "sms.escalations",
    "{count} ticket past its deadline: {tickets}. Please acknowledge at {link}.",
    "{count} tickets past their deadline: {tickets}. Please acknowledge at {link}.",
)
# VOICE: text message to duty people: who is to be helped, and where
prompt("sms.duty_emergency", "EMERGENCY {estate}: {category}, {place}. Ticket {number}. Caller {phone}.")
# VOICE: text message to the other duty people, once somebody has the emergency
# VOICE: text to whoever is on duty: no seat can take this ticket
prompt(
    "sms.nobody_takes",
    "{estate}: nobody on duty can take ticket {number} ({category}). Please see to it: {link}",
)
prompt("sms.duty_taken", "Ticket {number}: {name} has taken it.")
# VOICE: text message to the manager: a time of the roster without anybody; {name} stands in
prompt(
    "sms.roster_gap",
    "{estate}: nobody is on duty. From: {start}. Until: {end}. {name} answers meanwhile. Please mend the roster.",
)
# VOICE: text message to a member of staff and to the duty lead; {date} is written out
prompt(
    "sms.certificate",
    "{estate}: the certificate “{certificate}” of {name} is valid until {date}. Please renew it in time.",
)
# VOICE: answer to a text message that became a ticket
prompt("sms.received", "{estate}: thank you, we have your message. Ticket number {number}.")

# VOICE: answer to a text message that was added to an open ticket
prompt("sms.added", "{estate}: thank you, added to your ticket {number}.")
# VOICE: answer to a text message that is a ticket number; a sentence on how it stands follows
prompt("sms.about", "{estate}, ticket {number}.")
# VOICE: answer to a ticket number that does not exist or belongs to somebody else
prompt("sms.not_found", "{estate}: we cannot find that ticket.")
# VOICE: answer to HELP
prompt(
    "sms.help",
    "{estate}: write what is wrong and you get a ticket number. Send that number to hear how it stands. "
    "To get no more texts, send STOP.",
)
# VOICE: answer to STOP
prompt("sms.stopped", "{estate}: you will get no more texts from us. To get them again, send START.")
# VOICE: answer to START
prompt("sms.started", "{estate}: you will get our texts again.")

# VOICE: our books cannot be reached; what the caller said is safe, but there is no number yet
prompt(
    "error.kept",
    "Your report is kept, but we cannot give you its number now. You need not call again.",
)
# VOICE: the same number has called far too often within a minute
prompt("error.too_many", "We have had many calls from your number. Please call again in a few minutes.")
# VOICE: something broke on our side; a person, a recording or a goodbye follows
prompt("error.apology", "We are sorry, something went wrong on our side.")
# VOICE: end of the call after the apology, when nothing else is possible
prompt("error.call_again", "Please call again in a few minutes.")
# VOICE: a number that is not in service
prompt("error.not_in_service", "This number is not in service.")
# VOICE: text message to the resident: somebody works on it now
prompt("sms.notice_taken", "{estate}: ticket {number} is being worked on by {name}.")
# VOICE: text message to the resident: {start} and {end} are times such as "tomorrow at 14:00"
prompt("sms.notice_visit", "{estate}: for ticket {number} somebody comes between {start} and {end}.")
# VOICE: text message to the resident; {link} is a web address at which the work is accepted or sent back
prompt(
    "sms.notice_done",
    "{estate}: the work of ticket {number} is done. All right, or not? Tell us here: {link}",
)
# VOICE: text message to the resident, two days before
prompt(
    "sms.notice_closing",
    "{estate}: ticket {number} closes in two days. If it is not in order, tell us here: {link}",
)
