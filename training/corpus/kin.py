"""Which kinds of organisation of the wide corpus are next of kin to a domain of the triage corpus."""

from collections.abc import Mapping

_KINDS: Mapping[str, str] = {
    "events": "ticket-office theatre cinema",
    "finance": "bank stock-broker payment-service pension-fund insurance",
    "food": "bakery-chain brewery food-factory supermarket-head-office",
    "health": "nursing-home home-care-service ambulance-service pharmacy online-pharmacy dental-practice optician"
    " hospital-it laboratory medical-device-maker",
    "hosting": "cloud-backup-service",
    "housing": "estate-agent student-housing facility-management lift-company",
    "industry": "chemical-plant",
    "logistics": "port",
    "municipal": "tax-office immigration-office job-centre waste-collection police-station fire-brigade court",
    "office": "cleaning-firm",
    "retail": "furniture-shop garden-centre pet-shop bike-shop",
    "saas": "software-agency mobile-app-maker",
    "telecom": "router-maker streaming-service",
    "transit": "ferry-line taxi-firm",
    "travel": "airline airport campsite youth-hostel",
    "university": "e-learning-platform",
    "utility": "water-company solar-installer heat-pump-maker",
}

KIN: Mapping[str, str] = {kind: domain for domain, kinds in _KINDS.items() for kind in kinds.split()}
