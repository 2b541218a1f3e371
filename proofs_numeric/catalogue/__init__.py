from proofs_numeric.catalogue.registry import CATALOGUE as CATALOGUE
from proofs_numeric.catalogue.registry import CATALOGUES as CATALOGUES
from proofs_numeric.catalogue.registry import CLAIMS as CLAIMS
from proofs_numeric.catalogue.registry import claim as claim
from proofs_numeric.catalogue.registry import register as register
