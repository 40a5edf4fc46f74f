"""Logistic regression, fitted by Newton's method."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

STEPS = 30  # of Newton's method; it has settled long before


def fit_logistic(
    features: Floats, right: npt.NDArray[np.bool_], weight: Floats | None = None, *, ridge: float
) -> Floats:
    """Intercept and weights for `features` of shape (rows, features); `ridge` pulls the weights towards 0.

    `weight` is that of each row, 1 where it is not given.
    """
    inputs = np.column_stack([np.ones(len(features)), features])
    weight = np.ones(len(inputs)) if weight is None else weight
    beta, penalty = np.zeros(inputs.shape[1]), ridge * np.eye(inputs.shape[1])
    penalty[0, 0] = 0.0
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-inputs @ beta))
        gradient = inputs.T @ (weight * (likely - right)) + penalty @ beta
        curvature = (inputs.T * (weight * likely * (1 - likely))) @ inputs + penalty
        beta = beta - np.linalg.solve(curvature, gradient)
    fitted: Floats = np.array(beta)
    return fitted
