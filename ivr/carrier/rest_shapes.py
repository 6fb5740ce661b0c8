"""The JSON of the REST resources, field by field as Twilio's 2010-04-01 specification names them."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from ivr.carrier.callbacks import API_VERSION
from ivr.carrier.conference import Participant, Room
from ivr.carrier.exchange import Exchange
from ivr.carrier.leg import Leg
from ivr.carrier.messages import Message
from ivr.carrier.recordings import Recording
from ivr.carrier.segments import segments
from ivr.carrier.timeline import rfc2822
from ivr.carrier.waiting import Member, Queue

Shape = dict[str, Any]


class Shapes:
    """Turns what the exchange holds into resources of its account."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._sid = exchange.settings.account_sid

    def uri(self, path: str) -> str:
        """The path of a resource, as in its field `uri`."""
        return f"/{API_VERSION}/Accounts/{self._sid}/{path}.json"

    def _base(self, sid: str, path: str) -> Shape:
        return {"account_sid": self._sid, "api_version": API_VERSION, "sid": sid, "uri": self.uri(path)}

    def account(self) -> Shape:
        """The account itself."""
        return {
            "auth_token": "",
            "friendly_name": "Carrier stand-in",
            "owner_account_sid": self._sid,
            "sid": self._sid,
            "status": "active",
            "subresource_uris": {"calls": self.uri("Calls"), "messages": self.uri("Messages")},
            "type": "Full",
            "uri": f"/{API_VERSION}/Accounts/{self._sid}.json",
        }

    def call(self, leg: Leg) -> Shape:
        """A Call."""
        path = f"Calls/{leg.sid}"
        return self._base(leg.sid, path) | {
            "annotation": None,
            "answered_by": leg.answered_by or None,
            "caller_name": None,
            "date_created": rfc2822(leg.created_at),
            "date_updated": rfc2822(leg.ended_at or leg.answered_at or leg.created_at),
            "direction": leg.direction,
            "duration": str(leg.duration) if leg.is_over else None,
            "end_time": rfc2822(leg.ended_at),
            "forwarded_from": None,
            "from": leg.from_,
            "from_formatted": leg.from_,
            "group_sid": None,
            "parent_call_sid": leg.plan.parent.sid if leg.plan.parent else None,
            "phone_number_sid": "",
            "price": None,
            "price_unit": "USD",
            "queue_time": str(round(1000 * (leg.started_at - leg.created_at))),
            "start_time": rfc2822(leg.answered_at),
            "status": leg.status,
            "subresource_uris": {"recordings": self.uri(f"{path}/Recordings")},
            "to": leg.to,
            "to_formatted": leg.to,
            "trunk_sid": None,
        }

    def message(self, message: Message) -> Shape:
        """A Message."""
        path = f"Messages/{message.sid}"
        return self._base(message.sid, path) | {
            "body": message.body,
            "date_created": rfc2822(message.created_at),
            "date_sent": rfc2822(message.sent_at),
            "date_updated": rfc2822(message.updated_at),
            "direction": message.direction,
            "error_code": message.error_code,
            "error_message": "Unreachable destination handset" if message.error_code else None,
            "from": message.from_ or None,
            "messaging_service_sid": message.service_sid or None,
            "num_media": str(len(message.media)),
            "num_segments": str(segments(message.body)),
            "price": None,
            "price_unit": "USD",
            "status": message.status,
            "subresource_uris": {"media": self.uri(f"{path}/Media")},
            "to": message.to,
        }

    def recording(self, made: Recording) -> Shape:
        """A Recording."""
        path = f"Recordings/{made.sid}"
        return self._base(made.sid, path) | {
            "call_sid": made.call.sid,
            "channels": made.channels,
            "conference_sid": None,
            "date_created": rfc2822(made.started_at),
            "date_updated": rfc2822(made.started_at + made.duration),
            "duration": str(made.duration),
            "encryption_details": None,
            "error_code": None,
            "media_url": made.url,
            "price": None,
            "price_unit": "USD",
            "source": made.source,
            "start_time": rfc2822(made.started_at),
            "status": "completed",
            "subresource_uris": {},
        }

    def queue(self, queue: Queue) -> Shape:
        """A Queue."""
        path = f"Queues/{queue.sid}"
        return self._base(queue.sid, path) | {
            "average_wait_time": queue.average(),
            "current_size": len(queue.members),
            "date_created": rfc2822(queue.created_at),
            "date_updated": rfc2822(queue.created_at),
            "friendly_name": queue.name,
            "max_size": queue.max_size,
            "subresource_uris": {"members": self.uri(f"{path}/Members")},
        }

    def member(self, queue: Queue, member: Member) -> Shape:
        """A caller in a queue; position 1 is next."""
        place = queue.members.index(member) + 1 if member in queue.members else 1
        return {
            "call_sid": member.leg.sid,
            "date_enqueued": rfc2822(member.joined_at),
            "position": place,
            "queue_sid": queue.sid,
            "uri": self.uri(f"Queues/{queue.sid}/Members/{member.leg.sid}"),
            "wait_time": member.waited(),
        }

    def conference(self, room: Room) -> Shape:
        """A Conference."""
        path = f"Conferences/{room.sid}"
        return self._base(room.sid, path) | {
            "call_sid_ending_conference": None,
            "date_created": rfc2822(room.created_at),
            "date_updated": rfc2822(room.created_at),
            "friendly_name": room.name,
            "reason_conference_ended": None,
            "region": "us1",
            "status": room.status,
            "subresource_uris": {"participants": self.uri(f"{path}/Participants")},
        }

    def participant(self, room: Room, who: Participant) -> Shape:
        """A leg in a conference."""
        return {
            "account_sid": self._sid,
            "call_sid": who.leg.sid,
            "call_sid_to_coach": who.coach or None,
            "coaching": bool(who.coach),
            "conference_sid": room.sid,
            "date_created": rfc2822(who.leg.answered_at or who.leg.created_at),
            "date_updated": rfc2822(who.leg.answered_at or who.leg.created_at),
            "end_conference_on_exit": who.ends,
            "hold": who.hold,
            "label": who.label or None,
            "muted": who.muted,
            "queue_time": "0",
            "start_conference_on_enter": who.starts,
            "status": "complete" if who.leg.is_over else "connected",
            "uri": self.uri(f"Conferences/{room.sid}/Participants/{who.leg.sid}"),
        }

    def number(self, number: str) -> Shape:
        """A number of the account, with the webhooks it points to."""
        told = self._exchange.settings
        sid = "PN" + number.removeprefix("+").rjust(32, "0")
        return self._base(sid, f"IncomingPhoneNumbers/{sid}") | {
            "capabilities": {"fax": False, "mms": True, "sms": True, "voice": True},
            "friendly_name": number,
            "phone_number": number,
            "sms_method": "POST",
            "sms_url": told.url(told.sms_path),
            "status_callback": told.url(told.status_path),
            "status_callback_method": "POST",
            "voice_fallback_url": told.url(told.fallback_path) if told.fallback_path else "",
            "voice_method": "POST",
            "voice_url": told.url(told.voice_path),
        }

    def page(
        self,
        name: str,
        path: str,
        things: Iterable[Any],
        shape: Callable[[Any], Shape],
        query: dict[str, str],
    ) -> Shape:
        """One page of a list, in Twilio's form; `query` has `Page`, `PageSize` (50, at most 1000) and filters."""
        size = min(max(int(query.get("PageSize", "50") or 50), 1), 1000)
        number = int(query.get("Page", "0") or 0)
        found = list(things)
        shown = found[number * size : (number + 1) * size]
        kept = {key: value for key, value in query.items() if key not in ("Page", "PageSize")}

        def address(page: int) -> str:
            return f"{self.uri(path)}?{urlencode({'PageSize': size, 'Page': page} | kept)}"

        return {
            name: [shape(thing) for thing in shown],
            "end": number * size + max(len(shown) - 1, 0),
            "first_page_uri": address(0),
            "next_page_uri": address(number + 1) if len(found) > (number + 1) * size else None,
            "page": number,
            "page_size": size,
            "previous_page_uri": address(number - 1) if number else None,
            "start": number * size,
            "uri": address(number),
        }
