try: object().x
except AttributeError as e: print(e)
try: object().__dict__
except AttributeError as e: print(e)
o = object()
try: o.x = 1
except AttributeError as e: print(e)
