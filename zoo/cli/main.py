"""The command ``zoo``: a table of commands and the one place where a failure becomes an exit code.

Heavy packages (torch, faiss, librosa, pandas) are imported inside the commands, so that help is instant.
"""

from __future__ import annotations

import errno
import os
import sys

import typer

from zoo.cli import bela
from zoo.cli.batch import batch
from zoo.cli.bench import bench
from zoo.cli.capture import capture
from zoo.cli.check import check
from zoo.cli.circuits import circuits
from zoo.cli.collections import collections
from zoo.cli.compare import compare
from zoo.cli.config import config
from zoo.cli.demo import demo
from zoo.cli.doctor import doctor
from zoo.cli.evaluate import evaluate
from zoo.cli.export import export
from zoo.cli.import_model import import_model
from zoo.cli.list_models import list_models
from zoo.cli.listen import listen
from zoo.cli.login import login
from zoo.cli.output import help_of, print_error
from zoo.cli.prune import prune
from zoo.cli.pull import pull
from zoo.cli.push import push
from zoo.cli.remove import remove
from zoo.cli.render import render
from zoo.cli.report import report
from zoo.cli.search import search
from zoo.cli.show import show
from zoo.cli.signal import signal
from zoo.cli.study import study
from zoo.cli.suggest import suggest
from zoo.cli.tune import tune
from zoo.cli.verify import verify
from zoo.cli.whoami import whoami
from zoo.errors import ZooError

app = typer.Typer(
    name="zoo",
    help="Neural guitar amps and pedals: which pretrained model to start from, and what to do with it.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# One line for each command, in the order a player meets them: name and function.
COMMANDS: dict[str, object] = {
    "demo": demo,
    "signal": signal,
    "check": check,
    "suggest": suggest,
    "tune": tune,
    "batch": batch,
    "compare": compare,
    "evaluate": evaluate,
    "prune": prune,
    "study": study,
    "render": render,
    "report": report,
    "listen": listen,
    "export": export,
    "bench": bench,
    "import": import_model,
    "collections": collections,
    "pull": pull,
    "push": push,
    "search": search,
    "login": login,
    "whoami": whoami,
    "list": list_models,
    "show": show,
    "remove": remove,
    "verify": verify,
    "circuits": circuits,
    "capture": capture,
    "config": config,
    "doctor": doctor,
}

for _name, _command in COMMANDS.items():
    app.command(_name, help=help_of(_command))(_command)  # type: ignore[type-var]

app.add_typer(bela.group, name="bela")


def run() -> None:
    """Run the command line; every expected failure becomes one sentence and an exit code.

    Exit codes: 0 done, 1 a check failed or a bug, 2 the input or request is at fault, 3 the surroundings
    (disk, permissions, a damaged store), 130 interrupted.
    """
    try:
        app()
    except ZooError as error:
        print_error(str(error))
        sys.exit(error.exit_code)
    except SystemExit as left:
        if left.code == 130:  # how typer passes Ctrl-C on
            print_error("interrupted; what was finished is kept")
        raise
    except BrokenPipeError:  # the reader of our output went away, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT, errno.EPERM):
            raise
        print_error(f"{error.filename or 'the disk'}: {error.strerror}; free space or choose another folder")
        sys.exit(3)


if __name__ == "__main__":
    run()
