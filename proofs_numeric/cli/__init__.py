from proofs_numeric.cli.app import app as app
from proofs_numeric.cli.app import main as main
