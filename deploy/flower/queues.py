"""What Flower should know of our Celery: the names of its queues, whose lengths its page *Broker* shows."""

from kombu import Queue

task_queues = [Queue(name) for name in ("text", "upkeep", "train", "image")]
task_default_queue = "upkeep"
