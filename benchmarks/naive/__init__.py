"""What people write instead: one Celery task per email, a pickled scikit-learn model, one ORM row and commit each.

Idiomatic and complete for what it does; it has no inbox, no second delivery without a second row, no reasons.
"""
