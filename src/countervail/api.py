"""The library's calls, one for each command. Everything heavy is imported when a call needs it."""

from datetime import date
from typing import Any
