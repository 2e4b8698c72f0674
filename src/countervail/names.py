"""Names of vendors, software stacks and blocs, for packages that must not load the model.

The model holds its own copy (`model/types.py`), since it imports nothing of ours; a test keeps the two equal.
"""

VENDORS = (
    "NVIDIA",
    "AMD",
    "US in-house",
    "Huawei",
    "T-Head",
    "Kunlunxin",
    "Enflame",
    "Cambricon",
    "CN other",
)
STACKS = ("CUDA", "ROCm", "US in-house", "CANN", "CN other")
DIMENSIONS = ("compute", "economy", "military", "innovation", "sovereignty")
BLOCS = ("US", "CN", "AL", "RW")
