"""The condition tree: one language for segments, classes of programmes, playbooks, experiments.

`tree.py` what a condition is · `vocabulary.py` the words it may use and its limits · `parse.py`
from JSON, with a fault for each mistake · `bind.py` put in what it refers to · `needs.py` what must
be read first · `facts.py` what is known of one customer · `evaluate.py` decide for one.
queries/conditions/ decides for all, equally.
"""
