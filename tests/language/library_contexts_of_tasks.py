import asyncio, contextvars
rid = contextvars.ContextVar("rid", default="-")
async def step(n):
    await asyncio.sleep(0)
    return rid.get(), n
async def who(n):
    token = rid.set(n)
    a = await step(n)
    t = asyncio.create_task(step(n)); rid.set("later")
    b = await t
    rid.reset(token)
    return a, b, rid.get()
async def main():
    rid.set("main")
    print(await asyncio.gather(who(1), who(2)), rid.get())
    ctx = contextvars.copy_context()
    t = asyncio.create_task(who(3), context=ctx)
    print(await t, ctx[rid], rid.get())
    print(await who(4), rid.get())
    asyncio.get_running_loop().call_soon(lambda: print("soon", rid.get())); await asyncio.sleep(0)
print(asyncio.run(main()), rid.get())
async def agen():
    for i in range(3):
        rid.set(i); yield rid.get()
async def m2(): print([x async for x in agen()], rid.get())
asyncio.run(m2()); print(rid.get())
