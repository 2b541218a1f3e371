"""What a catalogue is about: one publication, how to cite it, and how much of it we have read."""

from dataclasses import dataclass, field

from proofs_numeric.catalogue.truth_matrix import TruthMatrix
from proofs_numeric.claims import Claim


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One publication. Definition.

    Args:
        key: what it is called on the command line and in BibTeX: author and year, lower case, such as "suresh2024".
        title: as printed.
        authors: "Family, Given", in the order of the paper.
        year: of the version that was read.
        arxiv: number without version, or empty.
        doi: or empty.
        venue: journal or proceedings; empty for a preprint.
    """

    key: str
    title: str
    authors: tuple[str, ...]
    year: int
    arxiv: str = ""
    doi: str = ""
    venue: str = ""

    def __post_init__(self):
        if not (self.key.isalnum() and self.key.islower()):
            raise ValueError(f"`key` must be lower-case letters and digits; got {self.key!r}. Take author and year.")
        if not (self.arxiv or self.doi or self.venue):
            raise ValueError(f"`arxiv`, `doi` or `venue` must say where {self.key!r} can be found; got none.")

    @property
    def bibtex(self) -> str:
        """The entry of a BibTeX file, with a line break at its end. Definition."""
        fields = {
            "title": "{" + self.title + "}",
            "author": " and ".join(self.authors),
            "year": str(self.year),
            "journal": self.venue,
            "eprint": self.arxiv,
            "archivePrefix": "arXiv" if self.arxiv else "",
            "doi": self.doi,
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
        return "\n".join([f"@{'article' if self.venue else 'misc'}{{{self.key},", *lines, "}"]) + "\n"

    @property
    def address(self) -> str:
        """Where it can be read, as a link; empty if neither arXiv nor DOI is known. Definition."""
        if self.arxiv:
            return f"https://arxiv.org/abs/{self.arxiv}"
        return f"https://doi.org/{self.doi}" if self.doi else ""


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """The claims about one publication, or one subject. Definition.

    Args:
        name: one word, by which `zenil verify` runs it.
        title: a heading.
        papers: what its claims are about; their sources name them.
        topics: claims, by file, in the order in which they are listed and run.
        matrix: statements against readings, where a publication mixes several.
    """

    name: str
    title: str
    papers: tuple[Paper, ...]
    topics: tuple[tuple[Claim, ...], ...] = field(repr=False)
    matrix: TruthMatrix | None = field(default=None, repr=False)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims in order. Definition."""
        return tuple(claim for topic in self.topics for claim in topic)
