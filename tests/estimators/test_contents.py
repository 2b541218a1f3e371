"""The page of estimators names all that is public."""

import inspect
import pathlib
import re

from zenil_dynamics import estimators

PAGE = pathlib.Path(__file__).parent.parent.parent / "docs" / "estimators.md"


def test_every_estimator_is_described():
    rows = re.findall(r"^\| (`.*?) \| ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    named = re.findall(r"`(\w+)`", " ".join(rows))
    assert len(named) == len(set(named))
    public = {name for name, value in vars(estimators).items() if not name.startswith("_") and callable(value)}
    classes = {name for name in public if inspect.isclass(getattr(estimators, name))}
    assert set(named) == public - classes
    assert all(f"`{name}`" in PAGE.read_text(encoding="utf-8") for name in classes)
