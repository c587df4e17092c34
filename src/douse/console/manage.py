"""Django's own commands for an instance: ``python -m douse.console.manage [--folder F] [--http] COMMAND …``."""

import argparse
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

from douse.console.instance import DEFAULT_FOLDER, Instance
from douse.console.settings import configure


def main(argv: list[str]) -> None:
    """Run one of Django's commands; `check --deploy` judges the settings of an instance that is reached by https."""
    parser = argparse.ArgumentParser(prog="python -m douse.console.manage", add_help=False)
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--database")
    parser.add_argument("--http", action="store_true", help="as served without https")
    options, command = parser.parse_known_args(argv)
    configure(Instance(options.folder, options.database, https=not options.http))
    execute_from_command_line([parser.prog, *command])


if __name__ == "__main__":
    main(sys.argv[1:])
