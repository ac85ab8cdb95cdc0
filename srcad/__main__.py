"""python -m srcad."""

from srcad.cli import main

if __name__ == "__main__":
    main()
