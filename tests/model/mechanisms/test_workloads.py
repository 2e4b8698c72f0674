"""Workloads: what a part is worth for training and for decoding."""

import jax.numpy as jnp
import numpy as np
import pytest
from tests.model.worlds import number, parameters, t

from countervail.model.mechanisms import workloads
from countervail.model.types import HUAWEI, NVIDIA, SEGMENTS, VENDORS

ALIKE = jnp.ones((len(SEGMENTS), len(VENDORS), 1))  # by segment


def test_quality_worked_by_hand():
    p = parameters(
        "workloads",
        training_bandwidth_weight=0.2,
        training_network_weight=0.1,
        decode_bandwidth_weight=0.5,
        mfu_domestic=0.5,
    )
    training, decode = workloads.quality(4.0 * ALIKE, 2 * 3.35 * ALIKE, 900.0 * ALIKE, p)
    # Training: 0.7 ln 4 + 0.2 ln 2 + 0.1 ln 1 = 1.109; decoding: 0.5 ln 4 + 0.5 ln 2 = 1.040.
    assert float(training[0, NVIDIA, 0]) == pytest.approx(1.1090, rel=1e-3)
    assert float(decode[0, NVIDIA, 0]) == pytest.approx(1.0397, rel=1e-3)
    assert float(training[0, HUAWEI, 0]) == pytest.approx(1.1090 - 0.7 * np.log(2), rel=1e-3)


def test_inference_grows_from_its_first_to_its_last_share():
    p = parameters("workloads", inference_share_2022=0.3, inference_share_2028=0.7)
    share = [number(workloads.inference_share(t(y, 4), p)) for y in (2021, 2024, 2028, 2035)]
    assert share[0] == pytest.approx(0.3) and share[2] == share[3] == pytest.approx(0.7, rel=1e-3)
    assert share[0] < share[1] < share[2]
