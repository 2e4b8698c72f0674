"""countervail: a policy flight simulator for the contest over AI chips."""

__version__ = "0.1.0"
