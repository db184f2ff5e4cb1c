"""The commands of `python app.py`, and what each takes."""

import argparse
from pathlib import Path

from models.version import VERSION


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="app.py", description="Vibe-Quality-Searcharr")
    made.add_argument("--version", action="version", version=VERSION)
    each = made.add_subparsers(dest="command", metavar="command")
    each.add_parser("serve", help="serve the pages (the default)")
    each.add_parser("check", help="look at every part, and say what to do")
    each.add_parser("config", help="print the settings that hold, and where each is set")
    each.add_parser("health", help="ask the running server whether it is well")
    each.add_parser("rotate-secret", help="encrypt everything with a new master secret")
    move = each.add_parser("move", help="move everything to a PostgreSQL server, or back")
    way = move.add_mutually_exclusive_group(required=True)
    told = "file that holds the address of the server's database"
    way.add_argument("--to", dest="to_server", type=Path, metavar="URL_FILE", help=told)
    way.add_argument("--from", dest="from_server", type=Path, metavar="URL_FILE", help=told)
    each.add_parser("backup", help="make a backup, beside the running program")
    verify = each.add_parser("verify", help="read a whole backup, and say whether it is sound")
    verify.add_argument("name", nargs="?", help="the name of its file; the latest without it")
    restore = each.add_parser("restore", help="put a backup into the place of the database")
    restore.add_argument("name", help="the name of its file in the folder of backups")
    take_in = each.add_parser("import", help="take in the settings of another program")
    take_in.add_argument("program", choices=["houndarr"])
    take_in.add_argument("path", type=Path, help="its database, houndarr.db")
    take_in.add_argument("--yes", action="store_true", help="write what is shown")
    reset = each.add_parser("reset-password", help="give somebody a new password")
    reset.add_argument("name", help="the name that the person signs in with")
    off = "also turn off their second factor"
    reset.add_argument("--second-factor-off", action="store_true", help=off)
    return made
