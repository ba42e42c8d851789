"""`python -m gridcase` is the command `gridcase`."""

from gridcase.cli import main

if __name__ == "__main__":
    main(prog_name="gridcase")
