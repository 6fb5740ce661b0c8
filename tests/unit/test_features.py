"""The list of features names tests that are there; that they ran is checked at the end of a whole run."""

import ast
from pathlib import Path

import pytest

from tests.proof import named_tests

ROOT = Path(__file__).resolve().parents[2]


def _functions(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("feature", "names"), sorted(named_tests().items()))
def test_every_feature_names_tests_that_exist(feature: str, names: list[str]) -> None:
    assert names, f"{feature} names no test"
    for name in names:
        path, _, function = name.partition("::")
        assert (ROOT / path).is_file(), name
        assert function.split("::")[-1] in _functions(ROOT / path), name
