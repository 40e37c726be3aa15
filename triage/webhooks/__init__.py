"""Webhooks: telling other systems over HTTP what happens here, by the Standard Webhooks specification."""
