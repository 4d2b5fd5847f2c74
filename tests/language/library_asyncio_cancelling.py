"""Tasks that are cancelled, groups, generators that are left; no order hangs on how long anything takes."""

import asyncio
log = []
def say(*a): print(*a)
async def w(n, t, fail=None):
    try:
        say("start", n); await (t.wait() if isinstance(t, asyncio.Event) else asyncio.sleep(t)); say("end", n)
        if fail: raise fail
        return n
    except asyncio.CancelledError as e:
        say("cancelled", n, e.args); raise
    finally: say("fin", n)
async def turns():
    for _ in range(9): await asyncio.sleep(0)
async def t1():
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(w("a", 30)); tg.create_task(w("b", 0, ValueError("vb")))
            say(tg.__class__.__name__)
            await asyncio.sleep(30)
            say("not here")
    except* ValueError as eg: say(eg, eg.exceptions)
    say(asyncio.current_task().cancelling())
async def t2():
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(w("a", 30)); raise KeyError("body")
    except* KeyError as eg: say(repr(eg))
async def t3():
    async def outer():
        async with asyncio.TaskGroup() as tg:
            tg.create_task(w("x", 30)); await asyncio.sleep(30)
    t = asyncio.create_task(outer()); await turns(); t.cancel("msg")
    try: await t
    except asyncio.CancelledError as e: say("outer cancelled", e.args)
async def t4():
    go = asyncio.Event(); inner = asyncio.create_task(w("in", go))
    try: await asyncio.wait_for(asyncio.shield(inner), 0.01)
    except asyncio.TimeoutError: say("timed out", inner.done())
    go.set(); say(await inner)
async def t5():
    cond = asyncio.Condition(); items = []
    async def consumer(n):
        async with cond:
            await cond.wait_for(lambda: items); say("got", n, items.pop())
    ts = [asyncio.create_task(consumer(i)) for i in range(3)]
    await asyncio.sleep(0)
    for i in range(3):
        async with cond: items.append(i); cond.notify()
        await asyncio.sleep(0)
    async with cond: cond.notify_all()
    await asyncio.gather(*ts)
async def t6():
    t = asyncio.create_task(w("z", 30)); await asyncio.sleep(0); t.cancel("one"); t.cancel("two"); say(t.cancelling(), t.uncancel())
    r = await asyncio.gather(t, return_exceptions=True); say(repr(r))
    try: await t
    except asyncio.CancelledError as e: say(e.args)
    async def g(): await asyncio.gather(w("p", 30), w("q", 30))
    t = asyncio.create_task(g()); await turns(); t.cancel("gg")
    try: await t
    except asyncio.CancelledError as e: say("g", e.args)
async def t7():
    try:
        async with asyncio.timeout(0.01) as cm: await w("tm", 30)
    except TimeoutError as e: say("TO", e.args, cm.expired(), repr(e.__cause__))
    async with asyncio.timeout(None) as cm: await asyncio.sleep(0)
    say(cm.expired(), cm.when())
    async with asyncio.timeout(5) as cm: cm.reschedule(None)
    try: await asyncio.wait_for(w("wf", 30), 0)
    except asyncio.TimeoutError as e: say("wf0", repr(e))
async def ag(n):
    try:
        for i in range(n): yield i; await asyncio.sleep(0)
    except GeneratorExit: say("genexit"); raise
    finally: say("closing"); await asyncio.sleep(0); say("closed", n)
async def t8():
    async for x in ag(5):
        say(x)
        if x == 1: break
    say("after break"); await asyncio.sleep(0); say("1"); await asyncio.sleep(0); say("2"); await asyncio.sleep(0); say("3")
    async def f():
        async for x in ag(3): return x
    say(await f()); await turns()
    try:
        async for x in ag(4): raise KeyError(x)
    except KeyError: say("ke")
    await turns()
    async for x in ag(2): pass
    else: say("else")
    g = ag(9); say(await anext(g))
    return g
async def t9():
    sem = asyncio.Semaphore(1); order = []
    async def use(n):
        async with sem: order.append(n); await asyncio.sleep(0)
    await asyncio.gather(*[use(i) for i in range(4)]); say(order)
    q = asyncio.Queue(1)
    async def prod():
        for i in range(3): await q.put(i); say("put", i)
    async def cons():
        for i in range(3): say("got", await q.get()); q.task_done()
    await asyncio.gather(prod(), cons()); await q.join()
    lock = asyncio.Lock()
    async def l(n):
        async with lock: say("lock", n); await asyncio.sleep(0)
    await asyncio.gather(*[l(i) for i in range(3)])
    fut = asyncio.get_running_loop().create_future(); fut.add_done_callback(lambda f: say("cb", f.result())); fut.set_result(3); await asyncio.sleep(0)
    try: fut.set_result(1)
    except asyncio.InvalidStateError as e: say(e)
    say(len(asyncio.all_tasks()))
async def t10():
    async def sub(): raise SystemError("se")
    t = asyncio.ensure_future(sub())
    done, pend = await asyncio.wait({t}); say(t.exception(), t.cancelled())
    for c in asyncio.as_completed([asyncio.sleep(0.05, "s"), asyncio.sleep(0.01, "f")]): say(await c)
    try:
        async with asyncio.TaskGroup() as tg: pass
        c = w("late", 0)
        try: tg.create_task(c)
        finally: c.close()
    except RuntimeError as e: say(str(e)[:9], str(e)[-11:])
    say(await asyncio.to_thread(lambda a, b=1: a + b, 1, b=5))
for t in (t1, t2, t3, t4, t5, t6, t7, t8, t9, t10):
    say("==", t.__name__); r = asyncio.run(t())
with asyncio.Runner() as r: say(r.run(w("r", 0)))
