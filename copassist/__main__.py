"""``python -m copassist COMMAND``."""

import sys

from copassist.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
