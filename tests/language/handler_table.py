import csv
import io
import json
import statistics
from collections import OrderedDict, defaultdict, namedtuple, deque, ChainMap
from datetime import date, datetime, timedelta
from itertools import groupby, islice, tee, zip_longest, accumulate, pairwise, starmap, product, combinations
from operator import attrgetter, itemgetter, methodcaller

DATA = '''date,region,product,units,price
2024-01-01,north,"lamp, small",3,4.50
2024-01-01,south,lamp,1,10
2024-01-02,north,"said ""hi""",2,7.25
2024-01-03,,lamp,,
bad-date,west,x,1,1
'''
Sale = namedtuple("Sale", "date region product units price", defaults=(0.0,))


def rows(text):
    reader = csv.DictReader(io.StringIO(text))
    for n, row in enumerate(reader, 2):
        try:
            yield Sale(date.fromisoformat(row["date"]), row["region"] or "unknown", row["product"], int(row["units"] or 0), float(row["price"] or "nan"))
        except ValueError as e:
            print(f"line {n}: {e}")


def summary(sales):
    key = attrgetter("region")
    for region, group in groupby(sorted(sales, key=key), key):
        group = list(group)
        yield region, {"units": sum(s.units for s in group), "revenue": round(sum(s.units * s.price for s in group if s.units), 2), "products": sorted({s.product for s in group})}


def handler(event, context):
    sales = list(rows(event["csv"]))
    for s in sales[:2]:
        print(s, s._asdict(), s._replace(units=9).units)
    print(json.dumps(dict(summary(sales)), indent=2))
    out = io.StringIO()
    w = csv.writer(out, quoting=csv.QUOTE_MINIMAL, lineterminator="\n")
    w.writerow(Sale._fields)
    w.writerows(sales)
    print(out.getvalue())
    out = io.StringIO()
    dw = csv.DictWriter(out, fieldnames=["a", "b"], extrasaction="ignore", restval="-", delimiter=";")
    dw.writeheader()
    dw.writerow({"a": 1, "c": 2})
    dw.writerow({"a": "x;y", "b": None})
    print(repr(out.getvalue()))
    days = defaultdict(list)
    for s in sales:
        days[s.date.strftime("%a %d %b %Y")].append(s.units)
    print(dict(days), {k: statistics.mean(v) for k, v in days.items()})
    prices = [s.price for s in sales if s.price == s.price]
    print(statistics.median(prices), round(statistics.stdev(prices), 9), statistics.fmean(prices), statistics.quantiles(prices, n=4))
    print(list(accumulate(s.units for s in sales)), list(pairwise("abcd")), list(islice(zip_longest("ab", [1, 2, 3], fillvalue="?"), 3)))
    print(max(sales, key=itemgetter(3)).product, list(map(methodcaller("upper"), ["a", "b"])), list(starmap(pow, [(2, 3), (3, 2)])))
    dq = deque(maxlen=3)
    for d1, d2 in pairwise(sorted({s.date for s in sales})):
        dq.append((d2 - d1).days)
    print(dq, ChainMap({"a": 1}, {"a": 2, "b": 3})["b"], len(list(product("ab", repeat=3))), list(combinations(range(4), 2)))
    od = OrderedDict.fromkeys("bca")
    od.move_to_end("b")
    print(od, list(reversed(od)))
    for chunk in iter(lambda it=iter(range(7)): list(islice(it, 3)), []):
        print(chunk)
    return {"rows": len(sales)}


print(handler({"csv": DATA}, None))
for text in ["a,b\n1,2,3\n", "a,b\n1\n", "", "a\n\"x\ny\"\n"]:
    print([dict(r) for r in csv.DictReader(text.splitlines(keepends=True))])
try:
    print(list(csv.reader(['a,"b'], strict=True)))
except csv.Error as e:
    print("csv.Error", e)
