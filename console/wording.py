"""The closed word lists of the code in the words of a page, and the names that the office keeps as data."""

from collections.abc import Mapping

from flask import Flask

from console import i18n
from console.i18n import N_
from console.i18n import gettext as _
from tickets.models import Category, Estate

TICKET_STATE = {
    "queued": N_("In the queue"),
    "reserved": N_("Offered"),
    "assigned": N_("In work"),
    "waiting": N_("On hold"),
    "resolved": N_("Resolved"),
    "closed": N_("Closed"),
    "cancelled": N_("Cancelled"),
}
SEAT_STATE = {
    "offline": N_("Offline"),
    "available": N_("Available"),
    "reserved": N_("Reserved"),
    "busy": N_("Busy"),
    "wrap_up": N_("Wrap-up"),
    "on_break": N_("On break"),
}
PRIORITY = {"P0": N_("Danger to life"), "P1": N_("Urgent"), "P2": N_("Ordinary"), "P3": N_("Minor")}
TARGET = {
    "first_response": N_("First response"),
    "next_response": N_("Next response"),
    "on_site": N_("On site"),
    "resolution": N_("Resolution"),
}
ROLE = {
    "agent": N_("Agent"),
    "lead": N_("Duty lead"),
    "supervisor": N_("Supervisor"),
    "manager": N_("Manager"),
    "director": N_("Director"),
    "security": N_("Security"),
    "admin": N_("Administrator"),
}
WAIT_REASON = {
    "resident": N_("Waiting for the resident"),
    "parts": N_("Waiting for parts"),
    "contractor": N_("Waiting for the contractor"),
    "no_access": N_("No access to the flat"),
}
SOURCE = {
    "call": N_("Phone call"),
    "voicemail": N_("Voicemail"),
    "sms": N_("Text message"),
    "web": N_("Web page"),
    "api": N_("Other program"),
    "console": N_("Entered by staff"),
    "complaint_box": N_("Complaint box"),
    "inspection": N_("Inspection"),
    "survey": N_("Survey"),
    "keys": N_("Key register"),
    "handover": N_("Shift handover"),
}
CUSTOMER = {
    "owner": N_("Owner"),
    "tenant": N_("Tenant"),
    "shop": N_("Shop"),
    "contractor": N_("Contractor"),
    "visitor": N_("Visitor"),
}
KIND = {
    "service_request": N_("Service request"),
    "complaint": N_("Complaint"),
    "suggestion": N_("Suggestion"),
    "praise": N_("Praise"),
    "enquiry": N_("Enquiry"),
    "emergency": N_("Emergency"),
}
QUEUE = {
    "emergency": N_("Emergencies"),
    "home_repairs": N_("Home repairs"),
    "common_repairs": N_("Common parts"),
    "environment": N_("Cleaning and grounds"),
    "utilities": N_("Outages"),
    "security": N_("Security and neighbours"),
    "accounts": N_("Fees and services"),
    "general": N_("General"),
    "feedback": N_("Opinions"),
}
BREAK_REASON = {
    "lunch": N_("Lunch"),
    "break": N_("Short break"),
    "meeting": N_("Meeting"),
    "training": N_("Training"),
    "patrol": N_("Out on the estate"),
    "handover": N_("Shift handover"),
    "missed": N_("Set aside after missed offers"),
}
DISPOSITION = {
    "done": N_("Done"),
    "advised": N_("Explained or advised"),
    "referred": N_("Referred to another body"),
    "no_fault": N_("No fault found"),
    "no_access": N_("Nobody let us in"),
    "duplicate": N_("Already being worked on"),
    "not_ours": N_("Not the office's matter"),
}
CALL_STATUS = {
    "queued": N_("Queued"),
    "initiated": N_("Dialling"),
    "ringing": N_("Ringing"),
    "in-progress": N_("Talking"),
    "completed": N_("Ended"),
    "busy": N_("Busy"),
    "failed": N_("Failed"),
    "no-answer": N_("No answer"),
    "canceled": N_("Called off"),
}
DIRECTION = {
    "inbound": N_("Incoming"),
    "duty": N_("To staff on duty"),
    "seat": N_("To a seat"),
    "callback": N_("Call-back"),
    "news": N_("News to a resident"),
}
TEXT_STATUS = {
    "queued": N_("Queued"),
    "sending": N_("Being sent"),
    "sent": N_("Sent"),
    "delivered": N_("Delivered"),
    "undelivered": N_("Not delivered"),
    "failed": N_("Failed"),
    "received": N_("Received"),
}
RESERVATION = {
    "pending": N_("Open"),
    "accepted": N_("Accepted"),
    "declined": N_("Declined"),
    "lapsed": N_("Not answered"),
    "cancelled": N_("Withdrawn"),
}
SPAN = {"running": N_("Ran"), "paused": N_("Stood still"), "over": N_("Between resolved and reopened")}
CALENDAR = {
    "always": N_("Around the clock"),
    "office": N_("Office hours"),
    "office_evening": N_("Office and evening"),
    "daily": N_("Every day"),
}
HOME_ROLE = {
    "owner": N_("Owner"),
    "tenant": N_("Tenant"),
    "family": N_("Member of the household"),
    "shop": N_("Shop"),
    "contractor": N_("Contractor"),
    "other": N_("Other"),
}
LANGUAGE_NAME = {
    "en": "English",
    "zh-TW": "國語",
    "zh-CN": "普通话",
    "yue": "廣東話",
    "ja": "日本語",
    "ko": "한국어",
    "vi": "Tiếng Việt",
    "id": "Bahasa Indonesia",
    "th": "ไทย",
    "fil": "Filipino",
    "es": "Español",
    "nan": "台語",
    "hak": "客語",
}
# Whoever reads the one can read the other.
CLOSE_TO = {"yue": ("zh-TW",), "zh-TW": ("yue",)}
LISTS: Mapping[str, Mapping[str, str]] = {
    "state": TICKET_STATE,
    "seat": SEAT_STATE,
    "priority": PRIORITY,
    "target": TARGET,
    "role": ROLE,
    "wait": WAIT_REASON,
    "source": SOURCE,
    "customer": CUSTOMER,
    "home": HOME_ROLE,
    "kind": KIND,
    "queue": QUEUE,
    "break": BREAK_REASON,
    "disposition": DISPOSITION,
    "call": CALL_STATUS,
    "direction": DIRECTION,
    "calendar": CALENDAR,
    "text": TEXT_STATUS,
    "reservation": RESERVATION,
    "span": SPAN,
}


def install(app: Flask) -> None:
    """Give the templates `word`, `category_name`, `estate_name` and `language_name`."""
    app.jinja_env.globals.update(
        word=word, category_name=category_name, estate_name=estate_name, language_name=language_name
    )


def word(kind: str, value: str | None, fallback: str = "") -> str:
    """Return the page's word for `value` of a word list; one the office made up itself speaks for itself."""
    if value is None:
        return ""
    text = LISTS[kind].get(value)
    return _(text) if text else (_(fallback) if fallback else value.replace("_", " "))


def category_name(category: Category) -> str:
    """Return a category's name in the language of the request, else in its script's, else in English."""
    return _in_language(category.names, "en") or category.code


def estate_name(estate: Estate) -> str:
    """Return an estate's name in the language of the request; its own name where there is none."""
    return _in_language(dict(entry.split("=", 1) for entry in estate.names if "=" in entry)) or estate.name


def language_name(tag: str | None) -> str:
    """Return the name of a spoken language in that language: an agent looks for their own."""
    return LANGUAGE_NAME.get(tag or "", tag or "")


def _in_language(names: Mapping[str, str], *further: str) -> str:
    """The name in the language of the request, else in the one that its readers can read best."""
    tag = i18n.language()
    wished = (tag, *CLOSE_TO.get(tag, ()), *further)
    return next((names[wish] for wish in wished if names.get(wish)), "")
