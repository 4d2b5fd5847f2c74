def copy(source, target):
    with source.open() as reader, target:
        for block in reader:
            if not block:
                return target.write(block)
            target.write(block)
