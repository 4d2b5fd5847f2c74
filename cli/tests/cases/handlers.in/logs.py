import logging

logger = logging.getLogger()
logger.setLevel(logging.INFO)
quiet = logging.getLogger("quiet")
quiet.setLevel(logging.ERROR)


def handler(event, context):
    logger.info("event %s", event)
    logger.debug("not this")
    quiet.warning("nor this")
    logging.getLogger(__name__).info("of a module")
    logging.warning("of the root")
