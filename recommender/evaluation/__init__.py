"""How good the recommender is, judged by what fine-tuning everything would have picked.

`matrix` is what the trainings gave, `measures` compares a ranking with it, `scores` does so for every
predictor and target, `summary` and `report` write it down. Nothing here trains or plays anything.
"""
