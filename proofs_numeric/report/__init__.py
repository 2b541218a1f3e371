from proofs_numeric.report.content import content as content
from proofs_numeric.report.facts import summary as summary
from proofs_numeric.report.markdown import matrix_table as matrix_table
from proofs_numeric.report.markdown import report as report
from proofs_numeric.report.markdown import verdict_table as verdict_table
from proofs_numeric.report.page import page as page
from proofs_numeric.report.references import bibliography as bibliography
