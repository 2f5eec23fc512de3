"""In what order candidates are tried."""

import math


def score(suspicion: float, family: float, instance: float, instances: int) -> float:
    """Higher is tried earlier: 2 ln(suspicion) + ln(prior).

    The prior is the family's weight times the instance's, over the root of how many instances
    the family has at that node, so that big pools do not drown small ones.
    """
    prior = family * instance / math.sqrt(instances)
    return 2 * math.log(max(suspicion, 1e-6)) + math.log(max(prior, 1e-12))
