"""Which domains of the triage corpus other organisations are next of kin to.

A model that is judged on mail to a domain has learned from no mail to its kin. Where a file holds mail to several
organisations of a field it is kin to every domain of that field; in doubt it is kin.
"""

from collections.abc import Mapping

KIN_OF_DOMAIN: Mapping[str, str] = {
    "events": "ticket-office theatre cinema orchestra wedding-venue amusement-park feel-caterer feel-concert-hall"
    " steps-event",
    "finance": "consumer-complaints bank stock-broker payment-service pension-fund insurance insurance-broker"
    " tax-adviser moods-bank feel-insurer steps-money",
    "food": "bakery-chain brewery winery food-factory supermarket-head-office farm-cooperative feel-caterer"
    " steps-animals-and-food",
    "health": "nursing-home home-care-service ambulance-service pharmacy online-pharmacy dental-practice optician"
    " hospital-it laboratory medical-device-maker dialysis-centre orthopaedic-workshop moods-hospital feel-dentist"
    " steps-clinic steps-school-and-care",
    "hosting": "cloud-backup-service steps-it",
    "housing": "estate-agent student-housing facility-management lift-company self-storage moods-landlord"
    " feel-housing-association steps-household",
    "industry": "chemical-plant food-factory power-plant printer-maker feel-machine-builder steps-factory",
    "logistics": "port feel-courier steps-transport",
    "municipal": "tax-office immigration-office job-centre waste-collection police-station fire-brigade court"
    " public-library moods-authority feel-council steps-public-office",
    "office": "cleaning-firm staffing-firm employment-agency translation-agency feel-office-supplier",
    "retail": "furniture-shop garden-centre pet-shop bike-shop supermarket-head-office moods-shop feel-office-supplier",
    "saas": "software-agency mobile-app-maker game-studio moods-software feel-crm-software steps-it",
    "shop": "furniture-shop online-pharmacy moods-shop feel-webshop",
    "telecom": "router-maker streaming-service feel-broadband",
    "transit": "ferry-line taxi-firm bike-sharing car-sharing moods-railway feel-bus-company steps-transport",
    "travel": "airline airport campsite youth-hostel ski-resort ferry-line feel-hotel steps-transport",
    "university": "e-learning-platform student-housing moods-school feel-college steps-school-and-care",
    "utility": "water-company solar-installer heat-pump-maker power-plant moods-energy feel-gas-supplier",
}


def kin_of(kind: str) -> frozenset[str]:
    """Return the domains that an organisation is kin to; a domain is kin to itself alone."""
    return frozenset(domain for domain, kinds in KIN_OF_DOMAIN.items() if kind == domain or kind in kinds.split())
