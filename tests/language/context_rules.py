from contextvars import *
c = ContextVar("c", default=42)
ctx = Context()
def wrong(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, str(e).split(" at 0x")[0])
token = ctx.run(c.set, 1)
wrong(lambda: c.reset(token))
print(" used " in repr(token), ctx[c], c.get())
ctx.run(c.reset, token)
print(" used " in repr(token), c in ctx)
wrong(lambda: ctx.run(c.reset, token))
wrong(lambda: ctx.run(ctx.run, print))
wrong(lambda: copy_context().run(lambda: copy_context().run(c.get)))
wrong(lambda: ctx[1]); wrong(lambda: 1 in ctx); wrong(lambda: ctx.get("x"))
def inside():
    c.set(5)
    return copy_context()
print(ctx.run(inside) == ctx, Context() == ctx, Context() == 3)
