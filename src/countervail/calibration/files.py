"""Reads a file of observations in the format of history.csv."""

import shutil
import tempfile
from pathlib import Path

from countervail.errors import UserError
from countervail.evidence.records import Observation


def read_history(path: Path) -> list[Observation]:
    """Return the rows of a file with the columns of history.csv, shipped or of the research dossier."""
    if not path.is_file():
        raise UserError(
            f"{path} does not exist or is no file", "give a CSV file with the columns of history.csv"
        )
    from countervail.evidence.user import read_user_data

    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(path, Path(folder) / "history.csv")
        try:
            return read_user_data(Path(folder)).history
        except UserError as error:
            message = error.message.replace(str(Path(folder) / "history.csv"), str(path))
            raise UserError(message, error.hint) from None
