"""What a program from outside has of a running system."""

from dataclasses import dataclass
from typing import Any

import requests

from tests.integration.contract.outside import Phone, Provider
from tests.integration.workers.system import System

SID, TOKEN = "AC" + "1" * 32, "0123456789abcdef0123456789abcdef"


@dataclass
class Outside:
    """What a stranger has: the system's own word about itself, and a provider."""

    system: System
    info: dict[str, Any]
    provider: Provider

    def api(
        self, login: str, method: str, path: str, body: object = None, **headers: str
    ) -> requests.Response:
        """Call the JSON API as `login`."""
        return self.system.api(login, method, path, body, **headers)

    def person(self, role: str, estate: str = "cuihu") -> str:
        """Return the login of somebody with `role` in `estate`."""
        return next(p["login"] for p in self.info["staff"] if p["role"] == role and estate in p["estates"])

    def agents(self, estate: str = "cuihu") -> list[dict[str, Any]]:
        """Return agents with a seat who can take home repairs in an estate."""
        found = [p for p in self.info["staff"] if p["role"] == "agent" and estate in p["estates"]]
        seats = {
            s["id"]: s for s in self.api(self.person("manager"), "GET", "/seats?limit=100").json()["items"]
        }
        return [p for p in found if "home_repairs" in seats[p["seat_id"]]["skills"]]

    def phone(self, number: str) -> Phone:
        """Return a phone that rings the first estate's hotline from `number`."""
        return Phone(self.info, number, self.info["estates"][0]["hotline"])

    def keys(self, category: str) -> list[str]:
        """Return what a caller presses for `category`."""
        return next(c["keys"] for c in self.info["categories"] if c["code"] == category)

    def language_keys(self, tag: str) -> list[str]:
        """Return what a caller presses for a language."""
        return next(row["keys"] for row in self.info["languages"] if row["tag"] == tag)

    def open(self, **fields: object) -> dict[str, Any]:
        """Open a ticket by API."""
        body = {
            "estate": "cuihu", "category": "home.other", "language": "zh-TW", "phone": "+886911000111",
            "text": "x", **fields,
        }  # fmt: skip
        answer = self.api(self.person("supervisor"), "POST", "/tickets", body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def offers(self, login: str) -> list[dict[str, Any]]:
        """Return the pending reservations of an agent."""
        items: list[dict[str, Any]] = self.api(login, "GET", "/reservations").json()["items"]
        return items

    def policy(self, category: str) -> dict[str, Any]:
        """Return the promise that covers a category in the first estate: its own line, else that of its class."""
        priority_class = next(c["class"] for c in self.info["categories"] if c["code"] == category)
        items = self.api("fang.super", "GET", "/policies?limit=100").json()["items"]
        mine = [p for p in items if p["estate"] == "cuihu" and p["customer_type"] is None]
        own = [p for p in mine if p["category"] == category and p["class"] in (None, priority_class)]
        found = own or [p for p in mine if p["category"] is None and p["class"] == priority_class]
        assert found, items
        first: dict[str, Any] = found[0]
        return first

    def escalations(self, number: str) -> list[dict[str, Any]]:
        """Return the escalations of a ticket, newest first."""
        items: list[dict[str, Any]] = self.api("fang.super", "GET", f"/escalations?ticket={number}").json()[
            "items"
        ]
        return items

    def finish_everything(self) -> None:
        """Resolve what earlier tests left open."""
        for state in ("queued", "reserved", "assigned"):
            for ticket in self.api("fang.super", "GET", f"/tickets?state={state}&limit=100").json()["items"]:
                self.api(
                    "fang.super", "POST", f"/tickets/{ticket['number']}/resolve", {"disposition": "done"}
                )

    def all_offline(self) -> None:
        """Take every agent of the estate off duty."""
        for agent in self.agents():
            self.api(
                self.person("supervisor"),
                "PUT",
                f"/seats/{agent['seat_id']}/state",
                {"state": "offline", "reason": "test"},
            )
