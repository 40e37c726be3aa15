"""Names that producers and workers share, so that neither imports the other."""

# Celery queues: which worker takes what.
TEXT_QUEUE = "text"
UPKEEP_QUEUE = "upkeep"
TRAIN_QUEUE = "train"

# Celery tasks.
DRAIN_MAIL = "triage.drain_mail"
READ_TEXTS = "triage.read_texts"
READ_AGAIN = "triage.read_again"
BEGIN_READING_AGAIN = "triage.begin_reading_again"
RING_DOORBELL = "triage.ring_doorbell"
RECONCILE = "triage.reconcile"
LEARN = "triage.learn"
TRAIN = "triage.train"
SEE_TO_TRAININGS = "triage.see_to_trainings"

# Redis keys.
MAIL_STREAM = "triage:mail"
MAIL_GROUP = "readers"
DOORBELL = "triage:doorbell"
LEARNING = "triage:learning"
ANSWER_PREFIX = "triage:answer:"
WORKER_PREFIX = "triage:worker:"
PROBE = "triage:probe"
READING_AGAIN = "triage:again"
READ_AGAIN_HELD = "triage:again:held"
READ_AGAIN_REFUSED_PREFIX = "triage:again:refused:"
SHADOW_MARKS = "triage:shadows"
