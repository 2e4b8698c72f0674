"""model/mechanisms."""
