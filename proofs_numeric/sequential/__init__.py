from proofs_numeric.sequential.confidence_sequence import Sums as Sums
from proofs_numeric.sequential.confidence_sequence import confidence_sequence as confidence_sequence
from proofs_numeric.sequential.confidence_sequence import lower_limit as lower_limit
from proofs_numeric.sequential.log_sums import log_mean_exp as log_mean_exp
from proofs_numeric.sequential.log_sums import log_sum_exp as log_sum_exp
from proofs_numeric.sequential.merging import merge as merge
from proofs_numeric.sequential.one_sided import OneSidedTest as OneSidedTest
from proofs_numeric.sequential.planning import samples_for as samples_for
