from proofs_numeric.illustration.curves import curve_of as curve_of
from proofs_numeric.illustration.evidence_paths import evidence_path as evidence_path
from proofs_numeric.illustration.illustrated import illustrated as illustrated
