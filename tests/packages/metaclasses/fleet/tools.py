from fleet import single
def late():
    return single.Robot.__name__
