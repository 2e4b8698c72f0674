"""Entry point: runs the commands and turns every failure into one sentence, a hint and an exit code.

Exit codes: 0 done, 1 checks failed, 2 bad input, 130 interrupted.
"""

import errno
import os
import signal
import sys
import warnings

from countervail.errors import UserError

BAD_INPUT = 2
INTERRUPTED = 130
ASK_AGAIN_SECONDS = 5.0


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit."""
    if args is None:
        _as_program()
    code = _run(args)
    try:
        if sys.stdout is not None:  # it is None where the caller closed it
            sys.stdout.flush()
    except BrokenPipeError:
        _close_quietly()
    except OSError as error:
        code = _complain(f"cannot write the output: {error.strerror}", "choose another place for it")
        _close_quietly()
    if args is None and code in (BAD_INPUT, INTERRUPTED):
        # Threads of a run, or a half-closed data file, could still fail while Python tidies up: leave at once.
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _as_program() -> None:
    """Set up what only a program of its own may: no warnings of libraries, and an interrupt that is not lost."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGINT, _interrupt)
        signal.signal(signal.SIGALRM, _interrupt)


def _interrupt(number: int, frame: object) -> None:
    """Interrupt the run; ask again later, since an error raised inside a callback of a library is swallowed."""
    signal.setitimer(signal.ITIMER_REAL, ASK_AGAIN_SECONDS)
    raise KeyboardInterrupt


def _run(args: list[str] | None) -> int:
    """Return the exit code of one command line."""
    try:
        from countervail.cli.app import app

        code = app(args=args, prog_name="countervail", standalone_mode=False)
        if code == INTERRUPTED:  # the option parser catches Ctrl-C itself
            return _interrupted()
        return code if isinstance(code, int) else 0
    except UserError as error:
        return _complain(error.message, error.hint)
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        _close_quietly()  # the reader, such as `head`, has had enough
        return 0
    except MemoryError:
        return _complain("there is not enough memory for this", "use fewer draws (--draws)")
    except OSError as error:
        what = f"{error.filename}: " if error.filename else ""
        hint = (
            "free some space"
            if error.errno in (errno.ENOSPC, errno.EDQUOT)
            else "check the path and its permissions"
        )
        return _complain(f"{what}{error.strerror or error}", hint)
    except Exception as error:
        if hasattr(error, "format_message"):  # a usage error of the option parser, wherever it is defined
            return _usage(error)
        if type(error).__name__ == "Abort":
            return _interrupted()
        raise


def _usage(error: Exception) -> int:
    """Print an error of the option parser as one sentence with a hint."""
    if type(error).__name__ == "NoArgsIsHelpError":
        print(error.format_message())  # type: ignore[attr-defined]
        return BAD_INPUT
    text = " ".join(str(error.format_message()).split())  # type: ignore[attr-defined]
    text, _, options = text.partition(" (Possible options: ")
    text, _, meant = text.partition(" Did you mean ")
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "countervail"
    if options:
        hint = "did you mean " + options.rstrip(").") + "?"
    elif meant:
        hint = "did you mean " + meant
    else:
        hint = f"see {command} --help"
    return _complain(text[:1].lower() + text[1:].rstrip("."), hint)


def _complain(message: str, hint: str = "") -> int:
    """Print an error and its hint on stderr; return the exit code for bad input."""
    try:
        print(f"error: {message}", file=sys.stderr)
        if hint:
            print(f"hint: {hint}", file=sys.stderr)
    except OSError:
        pass  # nobody to tell
    return BAD_INPUT


def _interrupted() -> int:
    print("interrupted: nothing half-written was left behind", file=sys.stderr)
    return INTERRUPTED


def _close_quietly() -> None:
    """Point stdout at nothing, so that Python's own flush at exit does not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
