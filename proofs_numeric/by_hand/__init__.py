"""Counterexamples that can be followed by hand: a script of ten lines of NumPy for every refuted claim."""

from proofs_numeric.by_hand.placing import parameter_name as parameter_name
from proofs_numeric.by_hand.placing import script as script
from proofs_numeric.by_hand.placing import script_at as script_at
