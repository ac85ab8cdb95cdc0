"""python -m srcad."""

from srcad.cli.commands import main

if __name__ == "__main__":
    main()
