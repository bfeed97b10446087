"""Lists of the codes that may stand in the tables, each with its name in the message catalogues."""

from __future__ import annotations

from typing import Final

#: Waste types, by stable code (Minamata Convention Art. 11: consisting of, containing, contaminated with mercury).
WASTE_TYPES: Final = (
    "lamps",
    "thermometers",
    "sphygmomanometers",
    "batteries",
    "switches",
    "elemental-mercury",
    "contaminated-soil",
    "tailings",
)
#: Waste that nobody but professionals may move: no answer ever names a destination for it.
DO_NOT_MOVE: Final = frozenset({"elemental-mercury", "contaminated-soil", "tailings"})

EVIDENCE: Final = ("documented", "reported", "illustrative", "modelled")
#: From the strongest to the weakest: an answer carries the weakest evidence that went into it.
EVIDENCE_ORDER: Final = ("documented", "reported", "modelled", "illustrative")

SITE_KINDS: Final = ("reference-point", "works", "waste-rock", "sludge-pond", "tailings", "mine", "plant", "deposit")
COMMODITIES: Final = ("mercury", "antimony", "gold", "uranium", "molybdenum", "lead", "zinc", "rare-earths")
SITE_STATUS: Final = (
    "operating",
    "abandoned",
    "closed",
    "reclaimed",
    "remediation-planned",
    "undeveloped",
    "unconfirmed",
)
POSITION_BASIS: Final = ("published", "town-point", "village-point", "user", "none")
STORAGE_KINDS: Final = ("storage", "interim-storage", "works", "company")
OPEN_STATUS: Final = ("open", "closed", "unknown")
AREA_KINDS: Final = ("exclave", "city", "raion", "district", "oblast", "country")
BORDER_KINDS: Final = ("mainland", "exclave")
NODE_KINDS: Final = ("place", "junction", "pass", "border")
SURFACES: Final = ("asphalt", "mixed", "gravel", "unknown")
TERRAINS: Final = ("plain", "hills", "mountain")
LENGTH_BASIS: Final = ("published", "estimated")
MEDIA: Final = ("waste", "air", "drinking-water", "surface-water", "soil", "fish", "biota", "intake", "hair")
GUIDELINE_STATUS: Final = ("in-force", "historic", "withdrawn", "site-specific", "unconfirmed")
#: A ban closes the road; a warning only tells the reader.
CLOSURE_KINDS: Final = ("ban", "warning")
#: Vehicles that a closure can be meant for; the first carries hazardous waste and is what a question is about.
VEHICLES: Final = ("truck", "car")

#: Name of each list of codes in the message keys ``choice.<list>.<code>``.
CHOICE_LISTS: Final[dict[tuple[str, ...], str]] = {
    WASTE_TYPES: "waste",
    EVIDENCE: "evidence",
    SITE_KINDS: "site-kind",
    COMMODITIES: "commodity",
    SITE_STATUS: "site-status",
    POSITION_BASIS: "position-basis",
    STORAGE_KINDS: "storage-kind",
    OPEN_STATUS: "open-status",
    AREA_KINDS: "area-kind",
    BORDER_KINDS: "border-kind",
    NODE_KINDS: "node-kind",
    SURFACES: "surface",
    TERRAINS: "terrain",
    LENGTH_BASIS: "length-basis",
    MEDIA: "medium",
    GUIDELINE_STATUS: "guideline-status",
    CLOSURE_KINDS: "closure-kind",
    VEHICLES: "vehicle",
}
