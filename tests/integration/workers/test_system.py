"""`hotline run` on the real thing: it starts, survives the death of each process, stops, and forgets nothing."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.integration.workers.system import HOTLINE, ROOT, System, poll, running_system
from workers.supervisor import PROCESSES

pytestmark = pytest.mark.timeout(300)
STORES = ("postgres", "valkey")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that the database's own user can reach."""
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="module")
def system(data: Path) -> Iterator[System]:
    """One system for the tests of this module."""
    with running_system(data) as made:
        yield made


def _token(info: dict, role: str) -> dict[str, str]:  # type: ignore[type-arg]
    person = next(p for p in info["staff"] if p["role"] == role)
    return {"Authorization": f"Bearer {person['token']}"}


def _open_ticket(info: dict, text: str) -> str:  # type: ignore[type-arg]
    body = {
        "estate": "cuihu",
        "category": "home.water",
        "language": "zh-TW",
        "phone": "+886900000104",
        "text": text,
    }
    answer = requests.post(
        f"{info['console_url']}/api/v1/tickets", json=body, headers=_token(info, "supervisor"), timeout=5
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["number"])


def test_every_process_runs_and_names_itself(system: System) -> None:
    pids = {row["name"]: row["pid"] for row in json.loads(system.command("ps", "--json"))}

    assert set(pids) == {*STORES, *PROCESSES, "carrier"}
    for name in PROCESSES:
        command_line = Path(f"/proc/{pids[name]}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        assert f"hotline {name}" in command_line


def test_demo_info_is_the_same_every_time_and_its_logins_work(system: System) -> None:
    first, second = system.info(), json.loads(system.command("demo-info", "--json"))

    assert first["staff"] == second["staff"]
    assert {d["estate"] for d in first["duty"]} == {e["code"] for e in first["estates"]}
    for person in first["staff"]:
        answer = requests.get(
            f"{first['console_url']}/api/v1/tickets",
            headers={"Authorization": f"Bearer {person['token']}"},
            timeout=5,
        )
        assert answer.status_code == 200, person["login"]


@pytest.mark.parametrize("name", [*PROCESSES, *STORES])
def test_a_killed_process_comes_back_and_no_ticket_is_lost(system: System, name: str) -> None:
    info = system.info()
    number = _open_ticket(info, f"before {name} was killed")
    before = system.pids()[name]

    os.kill(before, signal.SIGKILL)

    poll(lambda: system.pids().get(name, before) != before, 30)
    poll(system.is_ready, 30)
    answer = requests.get(
        f"{info['console_url']}/api/v1/tickets/{number}", headers=_token(info, "supervisor"), timeout=5
    )
    assert answer.json()["text"] == f"before {name} was killed"
    assert _open_ticket(info, f"after {name} was killed") != number


def test_a_second_system_on_the_same_folder_is_refused(system: System) -> None:
    done = subprocess.run(
        [*HOTLINE, "run"], env=system.environ, cwd=ROOT, capture_output=True, timeout=30, check=False
    )

    assert done.returncode == 2
    assert b"already running" in done.stderr


def test_check_finds_nothing_wrong(system: System) -> None:
    assert "WRONG" not in system.command("check")


def test_it_stops_in_time_leaves_nothing_and_finds_yesterdays_tickets(tmp_path: Path) -> None:
    with running_system(tmp_path) as first:
        number = _open_ticket(first.info(), "kept")
        pids = first.pids().values()
        took = first.stop(signal.SIGINT)
    assert took < 20
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]

    with running_system(tmp_path) as again:
        info = again.info()
        url = f"{info['console_url']}/api/v1/tickets/{number}"
        assert requests.get(url, headers=_token(info, "supervisor"), timeout=5).json()["text"] == "kept"
