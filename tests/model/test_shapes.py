"""Shapes of arrays are as written in the signatures of the model: one quarter with every annotation checked."""

import subprocess
import sys
from pathlib import Path

# One draw and a quarter with an axis, so that levers (`one`), draws and times have the same last axis.
# Left out: `types`, whose helpers take constants too.
CODE = """
import pkgutil
import countervail.model
import tests.model.checker
from jaxtyping import install_import_hook

LEFT_OUT = ("countervail.model.types", "countervail.model.mechanisms")
found = [m.name for m in pkgutil.walk_packages(countervail.model.__path__, "countervail.model.")]
assert len(found) > 28, found
with install_import_hook([name for name in found if name not in LEFT_OUT], "tests.model.checker.check"):
    from countervail.model.mechanisms import trade
    from countervail.model.step import step

import jax.numpy as jnp
from countervail.model.parameters import from_matrix, names
from countervail.model.policy import Policy
from countervail.model.shocks import SHOCKS, Shocks
from countervail.model.state import start

SIZES = {"parts": (5, 9, 12), "us_words": (5, 2, 6), "cn_words": (3, 2, 5), "china_only": (2,), "best": (9, 4),
         "free_parts": (2, 12), "free_share": (2,), "free_cn_words": (3, 2, 5), "held_back": (5, 9),
         "us_under_cap": (2,), "roadmap_end": (9,), "announced": (9,),
         "us_capped_product": (2,), "cn_domestic_share": (3,)}
policy = Policy(**{name: jnp.ones((*SIZES.get(name, ()), 1)) for name in Policy.__dataclass_fields__})
p = from_matrix(jnp.full((len(names()), 1), 0.5))
after, flows = step(jnp.ones(1), start(p), policy, p, Shocks(jnp.zeros((len(SHOCKS), 1))))
assert flows.stock.shape == (4, 1), flows.stock.shape

try:
    trade.fall(jnp.ones((2, 1)), jnp.ones((3, 1)))
except Exception as error:
    assert "TypeCheck" in type(error).__name__, repr(error)
else:
    raise AssertionError("arrays of two and three exporters passed for the same axis")
print("checked")
"""


def test_shapes_in_signatures_hold():
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, cwd=root)
    assert done.returncode == 0 and "checked" in done.stdout, done.stderr[-3000:]
