def quiet(text):
    try:
        return int(text)
    except ValueError:
        return None


def named(action):
    try:
        action()
    except (KeyError, TypeError) as error:
        raise RuntimeError("failed") from error
    except Exception:
        print("other")
        raise
    else:
        return 1


def cleaned(action, lock):
    for item in action:
        try:
            if item:
                continue
            return lock(item)
        finally:
            lock.release()
    assert lock, "locked"
    del action
