"""What a part is worth to its buyer: two workloads, training and decoding, ask for different things.

    q_training = (1 - a - n) ln(throughput * mfu) + a ln(bandwidth / 3.35) + n ln(interconnect / 900)
    q_decode   = (1 - d) ln(throughput * mfu) + d ln(bandwidth / 3.35)

Quality is a log; throughput is 8-bit in H100e, bandwidth in TB/s and interconnect in GB/s over those of an H100. mfu is
how much of the throughput runs on a Chinese stack over CUDA. The share of spending for inference rises on a line from
2022 to 2028. `procurement` sets quality against cost.
Limits: memory size and 4-bit rates do not count; whole systems that join many weaker parts do so only by their links.
Sources: ainews-mfu, chinai-361, ascend-60pct. Priors: evidence/data/priors/workloads.yaml.
"""

import jax.numpy as jnp

from countervail.model.paths import q, span
from countervail.model.types import FOREIGN, BySegmentVendor, Draws, record

REFERENCE_BANDWIDTH, REFERENCE_INTERCONNECT = 3.35, 900.0  # H100


@record
class Workloads:
    """Parameters of quality."""

    mfu_domestic: Draws  # use of throughput on Chinese stacks over CUDA
    decode_bandwidth_weight: Draws  # d
    training_bandwidth_weight: Draws  # a
    training_network_weight: Draws  # n
    inference_share_2022: Draws
    inference_share_2028: Draws


def inference_share(t: Draws, p: Workloads) -> Draws:
    """Return the share of spending that is for inference."""
    return (
        p.inference_share_2022
        + (p.inference_share_2028 - p.inference_share_2022) * span(t, 0, q(2028, 4)) / 6.75
    )


def quality(
    throughput: BySegmentVendor, bandwidth: BySegmentVendor, interconnect: BySegmentVendor, p: Workloads
) -> tuple[BySegmentVendor, BySegmentVendor]:
    """Return log quality for training and for decoding."""
    mfu = jnp.where(FOREIGN, 1.0, p.mfu_domestic)
    flops = jnp.log(jnp.maximum(throughput * mfu, 1e-6))
    memory = jnp.log(jnp.maximum(bandwidth / REFERENCE_BANDWIDTH, 1e-6))
    network = jnp.log(jnp.maximum(interconnect / REFERENCE_INTERCONNECT, 1e-6))
    a, n = p.training_bandwidth_weight, p.training_network_weight
    training = (1 - a - n) * flops + a * memory + n * network
    return training, (1 - p.decode_bandwidth_weight) * flops + p.decode_bandwidth_weight * memory
