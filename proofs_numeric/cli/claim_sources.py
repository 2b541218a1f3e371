"""Where the claims of a command come from: the catalogue, and Python files of the user."""

import difflib
import importlib.util
import pathlib
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from proofs_numeric.claims import Claim
from proofs_numeric.declare import claims_in

if TYPE_CHECKING:
    from proofs_numeric.catalogue.paper import Catalogue


def catalogue() -> dict[str, Claim]:
    """Id -> claim, in catalogue order."""
    from proofs_numeric.catalogue import CLAIMS

    return {claim.id: claim for claim in CLAIMS}


def catalogues() -> dict[str, "Catalogue"]:
    """Name -> catalogue, in order."""
    from proofs_numeric.catalogue import CATALOGUES

    return dict(CATALOGUES)


def catalogues_of(claims: Iterable[Claim]) -> list["Catalogue"]:
    """The catalogues to which claims may belong; none where all come from files, which never wait for them."""
    return list(catalogues().values()) if any(not claim.file for claim in claims) else []


def chosen(names: Iterable[str]) -> list[Claim]:
    """The claims that the arguments of a command name.

    Ids refer to the catalogues and to the files given beside them; the name of a catalogue means all its claims. Files
    alone mean all their claims; nothing at all means all catalogues.

    Args:
        names: ids of claims, names of catalogues, and names of files that end in `.py`.

    Returns:
        Claims, in catalogue order where they are in the catalogue.

    Raises:
        ValueError: an unknown id (with its nearest neighbours), an unreadable file, a file without claims, an id that
            two files share.

    Source: Definition.
    """
    names = list(dict.fromkeys(names))
    files = [name for name in names if name.endswith(".py")]
    wanted = [name for name in names if not name.endswith(".py")]
    from_files: dict[str, Claim] = {}
    for file in files:
        for claim in claims_of_file(file):
            if claim.id in from_files:
                raise ValueError(f"the claim {claim.id!r} of {file!r} is already in another file. Give it another id.")
            from_files[claim.id] = claim
    if files and not wanted:
        return list(from_files.values())
    # A run of one's own claims alone neither needs nor waits for the catalogue.
    known = from_files if wanted and from_files.keys() >= set(wanted) else {**catalogue(), **from_files}
    if not wanted:
        return list(known.values())
    groups = {} if known is from_files else catalogues()
    for name in wanted:
        find(name, {**known, **groups})
    wanted = [each for name in wanted for each in _ids(name, groups)]
    return [claim for claim in known.values() if claim.id in wanted]


def _ids(name: str, groups: Mapping[str, "Catalogue"]) -> list[str]:
    """The ids that a name stands for."""
    return [claim.id for claim in groups[name].claims] if name in groups else [name]


def find(name: str, known: Mapping[str, Any], what: str = "claim id") -> Any:
    """The claim of an id, or the catalogue of a name.

    Raises:
        ValueError: an unknown id; names the nearest ones.
    """
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
    hint = f"nearest: {', '.join(near)}. " if near else ""
    raise ValueError(f"unknown {what} {name!r}; {hint}See zenil claims list.")


def claims_of_file(path: str) -> list[Claim]:
    """The claims of a Python file: its `CLAIMS`, or else every claim that it names at its top level.

    Raises:
        ValueError: no such file, no valid Python, or no claim in it.
    """
    file = pathlib.Path(path)
    if not file.is_file():
        raise ValueError(f"no file {path!r}. Check the name of the file.")
    name = f"zenil_claims_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    # A name that ends in .py always has a loader.
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Dataclasses and pickles of the file look themselves up by module name.
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise ValueError(f"{path!r} is not valid Python: {error.msg} in line {error.lineno}.") from None
    except ImportError as error:
        raise ValueError(f"{path!r} cannot be loaded: {error}.") from None
    found = claims_in(vars(module))
    if not found:
        raise ValueError(f"{path!r} holds no claim. Write one with `@claim`, or define CLAIMS, a tuple of claims.")
    return [replace(claim, file=path) for claim in found]
