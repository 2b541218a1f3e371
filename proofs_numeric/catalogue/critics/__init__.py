from proofs_numeric.catalogue.critics.catalogue import CRITICS as CRITICS
