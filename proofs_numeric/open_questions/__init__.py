"""Questions that nobody has answered: what an experiment says about each, as estimates with intervals."""
