"""How long commands take in a new process: the quick ones, and a run with the compilation cache filled."""

from record import command, record, seconds, timed

QUICK = (
    ["--help"],
    ["scenarios"],
    ["levers"],
    ["outcomes"],
    ["rules", "check", "--chip", "H20", "--to", "CN", "--on", "2025-05-01"],
    ["evidence", "show", "H200"],
)
RUN = ["run", "status-quo", "--draws", "1000"]


def main() -> None:
    """Measure and record."""
    rows = []
    for arguments in QUICK:
        command(arguments)  # fills the file cache and the byte code
        rows.append(
            (
                f"`countervail {' '.join(arguments)}`",
                *seconds(timed(lambda a=arguments: command(a), 7)),
                "0.5 s",
            )
        )
    command(RUN)  # fills the compilation cache
    rows.append((f"`countervail {' '.join(RUN)}`", *seconds(timed(lambda: command(RUN), 3)), "6 s"))
    record("Start-up", ("command in a new process", "best", "median", "goal, at most"), rows)


if __name__ == "__main__":
    main()
