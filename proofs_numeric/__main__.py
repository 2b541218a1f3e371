"""`python -m proofs_numeric` is the command line `zenil`."""

import sys

from proofs_numeric.cli import main

if __name__ == "__main__":
    sys.exit(main())
