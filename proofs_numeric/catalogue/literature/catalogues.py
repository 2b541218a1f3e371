"""Catalogues on related theory, by year."""

from proofs_numeric.catalogue.literature.alemohammad2023 import ALEMOHAMMAD
from proofs_numeric.catalogue.literature.barzilai2025 import BARZILAI
from proofs_numeric.catalogue.literature.benati2025 import BENATI
from proofs_numeric.catalogue.literature.bertrand2023 import BERTRAND
from proofs_numeric.catalogue.literature.borkar2025 import BORKAR
from proofs_numeric.catalogue.literature.dohmatob2024 import DOHMATOB
from proofs_numeric.catalogue.literature.feng2024 import FENG
from proofs_numeric.catalogue.literature.ferbach2024 import FERBACH
from proofs_numeric.catalogue.literature.gerstgrasser2024 import GERSTGRASSER
from proofs_numeric.catalogue.literature.he2025 import HE
from proofs_numeric.catalogue.literature.kanabar2025 import KANABAR
from proofs_numeric.catalogue.literature.kazdan2024 import KAZDAN
from proofs_numeric.catalogue.literature.marchi2024 import MARCHI
from proofs_numeric.catalogue.literature.seddik2024 import SEDDIK
from proofs_numeric.catalogue.literature.shumailov2024 import SHUMAILOV
from proofs_numeric.catalogue.literature.suresh2024 import SURESH
from proofs_numeric.catalogue.paper import Catalogue

LITERATURE: tuple[Catalogue, ...] = (
    ALEMOHAMMAD,
    BERTRAND,
    DOHMATOB,
    FENG,
    FERBACH,
    GERSTGRASSER,
    KAZDAN,
    MARCHI,
    SEDDIK,
    SHUMAILOV,
    SURESH,
    BARZILAI,
    BENATI,
    BORKAR,
    HE,
    KANABAR,
)
