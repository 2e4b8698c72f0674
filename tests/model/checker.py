"""The checker of types that `test_shapes` puts on the model: whole numbers may stand for floats."""

from beartype import BeartypeConf, beartype

check = beartype(conf=BeartypeConf(is_pep484_tower=True))
