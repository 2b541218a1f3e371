from proofs_numeric.report.markdown import report as report
from proofs_numeric.report.markdown import summary as summary
from proofs_numeric.report.markdown import verdict_table as verdict_table
