"""Smaller models that sound the same: masks on weights, exact removal of units, retraining.

The mask search is that of Südholt, Wright, Erkut & Välimäki, "Pruning Deep Neural Network Models of Guitar
Distortion Effects", IEEE/ACM TASLP 2023. LSTM and GRU of one layer; a pruned weight is exactly zero, so a
snapshot carries its own mask.
"""

from __future__ import annotations

from training.pruning.iteration import Iteration, Searched, SearchSettings
from training.pruning.masks import Mask, mask_distance, mask_of, masked, pruned_mask, sparsity
from training.pruning.retrain import Pruned, retrained
from training.pruning.search import search_iteration
from training.pruning.units import Removal, without_dead_units

__all__ = [
    "Iteration",
    "Mask",
    "Pruned",
    "Removal",
    "SearchSettings",
    "Searched",
    "mask_distance",
    "mask_of",
    "masked",
    "pruned_mask",
    "retrained",
    "search_iteration",
    "sparsity",
    "without_dead_units",
]
