"""What a process counts of its own work, for Prometheus.

Web processes add it to their `/metrics`; every other process serves it on a port of its own, where one is set. What
is counted of a transaction counts once that is committed. Labels have few values, none of them text or an address of
mail.
"""
