import logging, sys, json
logging.getLogger("asyncio").setLevel("ERROR")
logging.basicConfig(stream=sys.stdout, level=logging.DEBUG, format="%(levelname)s %(filename)s %(module)s %(funcName)s:%(lineno)d %(message)s")
log = logging.getLogger("a.b")
log.info("top")
class Json(logging.Formatter):
    def format(self, record):
        return json.dumps({"level": record.levelname, "where": f"{record.module}.{record.funcName}:{record.lineno}", "message": record.getMessage(), **getattr(record, "extra", {})})
h = logging.StreamHandler(sys.stdout); h.setFormatter(Json())
own = logging.getLogger("own"); own.addHandler(h); own.propagate = False
def inner(): own.debug("inner %s", 1); return "v"
class Service:
    def __init__(self): self.log = logging.getLogger(type(self).__name__)
    def run(self):
        self.log.warning("nested %s", inner())
        self.log.error(
            "over %d lines",
            2,
        )
        (self.log
            .critical("chained"))
        [own.info("in %d", i) for i in range(2)]
        (lambda: own.info("lambda"))()
        list(own.info("gen") for _ in "a")
        def deeper():
            logging.getLogger("x").info("deep", extra={"k": 1})
        deeper()
        return self
    def info(self, x): return x * 2
Service().run()
print(Service().info(4), Service().info.__name__)
logging.info("module level")
logging.log(35, "odd level")
adapter = logging.LoggerAdapter(own, {"extra": {"request": 7}})
adapter.info("adapted")
own.log(logging.INFO, "log %s", "x")
async def co(): own.info("co")
import asyncio; asyncio.run(co())
try: own.info("%d", "x") if False else own.nope("x")
except AttributeError as e: print(e)
try:
    {}["k"]
except KeyError:
    own.warning("handled")
