"""The routes of /api/v1, a small file for each kind of question."""
