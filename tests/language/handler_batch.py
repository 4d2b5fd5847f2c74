"""SQS batch with partial failures."""
import json
import logging
import sys
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal, ROUND_HALF_EVEN, ROUND_HALF_UP
from enum import Enum, IntEnum, auto

log = logging.getLogger("orders")
handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(logging.Formatter("[%(levelname)-8s] %(name)s.%(funcName)s:%(lineno)d - %(message)s"))
log.addHandler(handler)
log.setLevel(logging.DEBUG)
log.propagate = False


class Status(str, Enum):
    NEW = "new"
    PAID = "paid"
    SHIPPED = "shipped"

    @classmethod
    def _missing_(cls, value):
        for member in cls:
            if member.value == str(value).lower():
                return member
        return None


class Priority(IntEnum):
    LOW = auto()
    MEDIUM = auto()
    HIGH = auto()


@dataclass(order=True)
class Line:
    sku: str
    quantity: int
    price: Decimal = field(compare=False)

    def __post_init__(self):
        if self.quantity <= 0:
            raise ValueError(f"quantity must be positive, not {self.quantity}")

    @property
    def total(self) -> Decimal:
        return (self.price * self.quantity).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Order:
    id: str
    lines: list[Line] = field(default_factory=list)
    status: Status = Status.NEW
    priority: Priority = Priority.MEDIUM
    created: datetime = datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=timezone.utc)

    @classmethod
    def parse(cls, text: str) -> "Order":
        raw = json.loads(text, parse_float=Decimal)
        lines = [Line(**l) for l in raw.pop("lines")]
        return cls(lines=lines, status=Status(raw.pop("status", "new")), **raw)


class Encoder(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, Decimal):
            return str(o)
        if isinstance(o, datetime):
            return o.isoformat()
        return super().default(o)


def process(order: Order, stats: Counter):
    log.debug("order %s with %d line(s)", order.id, len(order.lines))
    total = sum((l.total for l in order.lines), Decimal())
    stats[order.status.value] += 1
    stats["lines"] += len(order.lines)
    shipped = replace(order, status=Status.SHIPPED, created=order.created + timedelta(days=1, milliseconds=1))
    return total, json.dumps(asdict(shipped), cls=Encoder, sort_keys=True)


def lambda_handler(event, context):
    failures, stats = [], Counter()
    for record in event["Records"]:
        try:
            print(*process(Order.parse(record["body"]), stats), sep=" | ")
        except (ValueError, KeyError, TypeError) as e:
            log.error("message %s failed: %s: %s", record["messageId"], type(e).__name__, e)
            failures.append({"itemIdentifier": record["messageId"]})
        except Exception as e:
            log.critical("other %r", e)
    print(stats.most_common(), stats.total())
    return {"batchItemFailures": failures}


bodies = [
    '{"id": "a", "lines": [{"sku": "x", "quantity": 2, "price": 10.005}, {"sku": "w", "quantity": 1, "price": 0.1}]}',
    '{"id": "b", "lines": [{"sku": "x", "quantity": 0, "price": 1.0}]}',
    '{"id": "c"}',
    '{"id": "d", "lines": [], "status": "PAID"}',
    '{"id": "e", "lines": [], "status": "gone"}',
    '{"id": "f", "lines": [{"sku": "x", "quantity": 2, "cost": 1}]}',
    '{"id": "g", "lines": [], "other": 1}',
    'nonsense',
    '{"id": "h", "lines": [{"sku": "y", "quantity": "2", "price": 1.5}]}',
]
print(lambda_handler({"Records": [{"messageId": f"m{i}", "body": b} for i, b in enumerate(bodies)]}, None))
a, b = Line("x", 1, Decimal("2")), Line("x", 1, Decimal("3"))
print(a == b, a <= b, sorted([Line("z", 1, Decimal(1)), a, Line("a", 5, Decimal("1.10"))]))
try:
    Order("q").id = 3
except Exception as e:
    print(type(e), e)
print(Status("Paid"), repr(Status.PAID), f"{Status.PAID}", Status.PAID == "paid", Priority.HIGH > 2, f"{Priority.LOW:03d}", repr(Priority(3)))
print(Decimal("2.675").quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN), Decimal("1E+3"), Decimal("-0.000001"), Decimal("123456789.123").__format__(",.2f"))
try:
    Priority(9)
except ValueError as e:
    print(e)
