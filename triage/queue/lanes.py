"""The lanes on which work goes from those who bring it to those who do it.

A lane is a stream of ids and a doorbell that calls a worker to it. Each kind of work has one of its own, so that a
backlog of one never stands before the other.
"""

from dataclasses import dataclass

from triage.queue.names import (
    DOORBELL,
    DRAIN_MAIL,
    IMAGE_DOORBELL,
    IMAGE_GROUP,
    IMAGE_QUEUE,
    IMAGE_STREAM,
    MAIL_GROUP,
    MAIL_STREAM,
    RECOGNIZE_IMAGES,
)


@dataclass(frozen=True, slots=True)
class Lane:
    """The names that one lane has in Redis and for Celery.

    Attributes:
        stream: Key of the stream.
        group: Its consumer group.
        field: Field of an entry that holds the id.
        doorbell: Key that stands for a call under way.
        task: What a call asks a worker to do.
        own_queue: The Celery queue of the calls, where nothing else waits in it: then one that waits there is call
            enough, and no more pile up while no worker takes them. Empty where other tasks share the queue.
    """

    stream: str
    group: str
    field: bytes
    doorbell: str
    task: str
    own_queue: str = ""


MAIL = Lane(MAIL_STREAM, MAIL_GROUP, b"email", DOORBELL, DRAIN_MAIL)
IMAGES = Lane(IMAGE_STREAM, IMAGE_GROUP, b"image", IMAGE_DOORBELL, RECOGNIZE_IMAGES, own_queue=IMAGE_QUEUE)
