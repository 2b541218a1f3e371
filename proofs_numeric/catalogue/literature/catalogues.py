"""Catalogues on related theory, by year."""

from proofs_numeric.catalogue.paper import Catalogue

LITERATURE: tuple[Catalogue, ...] = ()
