"""A million customers with 20 million receipts: train, re-score, and the cost a customer.

Filling takes about five minutes and 12 GB of disk, so it runs only when it is named:
`python -m tests.load million`.
"""

from statistics import median

from deploy.local.postgres import PostgresServer
from tests.databases import Databases, blocking
from tests.load.base import fill, spec_of
from tests.load.bench_rescore import RUNS, rescored
from tests.load.releasing import Took, promoted, trained
from tests.load.table import Row

CUSTOMERS, FEW = 1_000_000, 10_000
MOST_TRAINING_S, MOST_TRAINING_MIB, MOST_RESCORING_S = 600.0, 8192.0, 60.0
MOST_GROWTH = 1.25


def bench(server: PostgresServer, databases: Databases) -> list[Row]:
    """Train on the million, re-score it, and compare the cost a customer with that of few."""
    with databases.temporary() as url:
        blocking(fill(url, spec_of(FEW)))
        version = trained(url).version
        few = median(promoted(url, version).seconds for _ in range(RUNS)) / FEW
    with databases.temporary() as url:
        orders = blocking(fill(url, spec_of(CUSTOMERS)))
        training = trained(url)
        row = rescored(server, url, training.version, CUSTOMERS, MOST_RESCORING_S)
        many = promoted(url, training.version).seconds / CUSTOMERS
    return [_training(training, orders), row, _growth(few, many)]


def _training(took: Took, orders: int) -> Row:
    return Row(
        name=f"a model trained on {CUSTOMERS:,} customers and put into force",
        figure=f"{took.seconds:.0f} s, {took.peak_mib:.0f} MiB",
        limit="",
        ratio=None,
        goal=f"<= {MOST_TRAINING_S:.0f} s, {MOST_TRAINING_MIB:.0f} MiB",
        is_met=took.seconds <= MOST_TRAINING_S and took.peak_mib <= MOST_TRAINING_MIB,
        note=f"{orders:,} orders with a name; CPU {took.cpu_seconds:.0f} s",
    )


def _growth(few: float, many: float) -> Row:
    return Row(
        name=f"cost a customer, {CUSTOMERS:,} against {FEW:,}",
        figure=f"{many * 1e6:.0f} us",
        limit=f"{few * 1e6:.0f} us",
        ratio=many / few,
        goal=f"<= {MOST_GROWTH}",
        is_met=many / few <= MOST_GROWTH,
    )
