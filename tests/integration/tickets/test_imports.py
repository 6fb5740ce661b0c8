"""Residents from a file: judged first, loaded when confirmed, and loaded again without effect."""

import io
from datetime import date

import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]
from sqlalchemy import func, select

from tests.factories import make_unit
from tests.integration.tickets.desk import Desk
from tickets import imports, imports_files, people_reads
from tickets.actors import Actor
from tickets.errors import FieldError, NotFound
from tickets.models import Resident, ResidentPhone
from tickets.people_reads import ResidentFilter

TODAY = date(2027, 1, 6)
CSV = """姓名,棟,樓,室,電話,語言
王小明,3,12,A,0912 345 678;02-2345-6789,zh-TW
Ana Pérez,3,12,A,+34 612 345 678,en
,3,12,A,,
林大同,9,1,A,,
陳美,3,12,A,O912345678,
李四,3,12,A,,tlh
"""


def counts(judged: imports.Judged) -> dict[str, int]:
    return {what: judged.count(what) for what in ("new", "changed", "same", "bad")}


def test_bad_rows_are_named_nothing_changes_until_confirmed_and_again_changes_nothing(desk: Desk):
    with desk.work() as (tx, now):
        estate, actor = tx.merge(desk.estate), Actor.staff(desk.manager)
        make_unit(tx, estate)
        judged = imports.judge(tx, estate, imports_files.read_table(CSV.encode()), TODAY)
        batch = imports.keep(tx, estate, desk.manager.id, "a.csv", judged, now=now)

        assert counts(judged) == {"new": 2, "changed": 0, "same": 0, "bad": 4}
        bad = [(row.line, row.problem, row.detail) for row in judged.rows if row.what == "bad"]
        assert bad == [
            (4, "name", ""),
            (5, "unit", "9-1A"),
            (6, "phone", "O912345678 → +886912345678"),
            (7, "language", "tlh"),
        ]
        assert tx.scalar(select(func.count()).select_from(Resident)) == 0

        assert imports.load(tx, estate, batch.token, actor, now=now) == {"new": 2, "changed": 0}
        assert imports.load(tx, estate, batch.token, actor, now=now) == {"new": 0, "changed": 0}
        again = imports.judge(tx, estate, imports_files.read_table(CSV.encode()), TODAY)
        assert counts(again) == {"new": 0, "changed": 0, "same": 2, "bad": 4}
        assert tx.scalar(select(func.count()).select_from(ResidentPhone)) == 3


def test_two_previews_of_one_file_load_it_once(desk: Desk):
    with desk.work() as (tx, now):
        estate, actor = tx.merge(desk.estate), Actor.staff(desk.manager)
        make_unit(tx, estate)
        table = imports_files.read_table(CSV.encode())
        first, second = (
            imports.keep(tx, estate, desk.manager.id, "", imports.judge(tx, estate, table, TODAY), now=now)
            for _ in range(2)
        )

        assert imports.load(tx, estate, first.token, actor, now=now)["new"] == 2
        assert imports.load(tx, estate, second.token, actor, now=now) == {"new": 0, "changed": 0}
        with pytest.raises(NotFound):
            imports.load(tx, estate, second.token, Actor.staff(desk.lead), now=now)


def test_what_is_written_can_be_loaded_again_and_changes_nothing(desk: Desk):
    with desk.work() as (tx, now):
        estate, actor = tx.merge(desk.estate), Actor.staff(desk.manager)
        make_unit(tx, estate)
        judged = imports.judge(tx, estate, imports_files.read_table(CSV.encode()), TODAY)
        batch = imports.keep(tx, estate, desk.manager.id, "", judged, now=now)
        imports.load(tx, estate, batch.token, actor, now=now)
        tx.expire_all()

        found = people_reads.list_residents(tx, estate, ResidentFilter(), TODAY)
        written = imports_files.write_csv(found, estate.id)

        back = imports.judge(tx, estate, imports_files.read_table(written.encode()), TODAY)
        assert counts(back) == {"new": 0, "changed": 0, "same": 2, "bad": 0}


def test_xlsx_and_chinese_encodings_give_the_same_rows():
    expected = imports_files.read_table(CSV.encode("utf-8-sig"))
    book = Workbook()
    for row in expected:
        book.active.append(
            [int(cell) if cell.isdecimal() and len(cell) < 3 else cell or None for cell in row]
        )
    out = io.BytesIO()
    book.save(out)

    assert imports_files.read_table(out.getvalue()) == expected
    simplified = "姓名,栋,楼,室\n张伟,3,12,A\n"
    assert imports_files.read_table(simplified.encode("gb18030"))[1][0] == "张伟"


@pytest.mark.parametrize("content", [b"PK\x03\x04 broken", b"\x00\x01\x02\xff"])
def test_what_is_no_such_file_is_refused(content: bytes):
    with pytest.raises(FieldError):
        imports_files.read_table(content)
