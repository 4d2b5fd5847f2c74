class A:
    def m(self): pass
    m.tag = 5
print(A().m.tag, A().m.__func__.tag, A().m.__module__, A().m.__defaults__)
try: A().m.nope
except AttributeError as e: print(e)
