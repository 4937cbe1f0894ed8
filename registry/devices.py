"""What a model's name says of its device: make, model, kind, gain class, words for the tone.

Names are claims, not measurements: every fact found here is marked "file name" in the manifest, and what
a name does not say stays unknown. A clone is not the make's own device, so "Dumble clone" has no make.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from registry.quality import GainClass


@dataclass(frozen=True, slots=True)
class NameFacts:
    """What a name says; ``None`` is unknown."""

    make: str | None = None
    model: str | None = None
    kind: str | None = None
    gain_class: GainClass | None = None
    tone: tuple[str, ...] = ()


# Pattern over the lower-case words of a name -> make, model, kind. The first that matches counts, so
# devices stand before makes. A model of None: the name says no more than the make.
_DEVICES: tuple[tuple[str, str | None, str | None, str | None], ...] = (
    (r"ds ?1", "Boss", "DS-1", "pedal"),
    (r"sd ?1", "Boss", "SD-1", "pedal"),
    (r"bd ?2", "Boss", "BD-2", "pedal"),
    (r"hm ?2", "Boss", "HM-2", "pedal"),
    (r"mt ?2|boss metal zone", "Boss", "MT-2", "pedal"),
    (r"boss os ?2", "Boss", "OS-2", "pedal"),
    (r"boss", "Boss", None, None),
    (r"ibanez tube screamer mini", "Ibanez", "Tube Screamer Mini", "pedal"),
    (r"ts ?808", "Ibanez", "TS808", "pedal"),
    (r"ts ?9", "Ibanez", "TS9", "pedal"),
    (r"little big muff", "Electro-Harmonix", "Little Big Muff", "pedal"),
    (r"big muff|muff ?\d*", "Electro-Harmonix", "Big Muff", "pedal"),
    (r"(?:eh )?cock ?fight", "Electro-Harmonix", "Cock Fight", "pedal"),
    (r"pro ?co rat|rat(?: ?2)?", "ProCo", "RAT", "pedal"),
    (r"mxr ?78", "MXR", "M78 Custom Badass", "pedal"),
    (r"mxr m ?77", "MXR", "M77 Custom Badass", "pedal"),
    (r"maxon od ?808", "Maxon", "OD808", "pedal"),
    (r"xotic ?bb", "Xotic", "BB Preamp", "pedal"),
    (r"wampler ?tumnus", "Wampler", "Tumnus", "pedal"),
    (r"precision drive", "Horizon Devices", "Precision Drive", "pedal"),
    (r"(?:fortin )?grind mini", "Fortin", "Mini Grind", "pedal"),
    (r"line 6 uber ?metal", "Line 6", "Uber Metal", "pedal"),
    (r"tech ?21 d ?ug", "Tech 21", "dUg DP-3X", "pedal"),
    (r"seymour duncan 805", "Seymour Duncan", "805", "pedal"),
    (r"xotic comp sp", "Xotic", "SP Compressor", "pedal"),
    (r"mi ?audio crunch ?box", "MI Audio", "Crunch Box", "pedal"),
    (r"(?:paia )?axe ?grinder", "PAiA", "Axe Grinder", "pedal"),
    (r"goat(?: distortion gen)?(?: pedal)?", None, "Goat Generator", "pedal"),
    (r"benson chimaira", "Benson", "Chimaira", None),
    (r"mooer cali mk ?iv", "Mooer", "Cali-MK IV", "pedal"),
    (r"protein (?:green|blue)", "Browne Amplification", "Protein", "pedal"),
    (r"sweet cream", None, "Sweet Cream", "pedal"),
    (r"barber gc", "Barber", "GC", None),
    (r"plexi ?breed", None, "PlexiBreed", None),
    (r"ua ruby", "Universal Audio", "Ruby", "pedal"),
    (r"klone|kloned", None, "Klon clone", "pedal"),
    (r"klon", "Klon", "Centaur", "pedal"),
    (r"plumes", None, "Plumes", "pedal"),
    (r"dirty ?tree", None, "DirtyTree", None),
    (r"rockman acoustic", "Rockman", "Acoustic", None),
    (r"rockman ultimatum", "Rockman", "Ultimatum", None),
    (r"rockman ?xpr", "Rockman", "XPR", None),
    (r"rockman", "Rockman", None, None),
    (r"blues (?:jr|junior)", "Fender", "Blues Junior", "amp"),
    (r"blues deluxe", "Fender", "Blues Deluxe", "amp"),
    (r"princeton", "Fender", "Princeton", "amp"),
    (r"bassman ?(?:59)?", "Fender", "Bassman", "amp"),
    (r"(?:fender )?twin ?verb|(?:fender )?twin", "Fender", "Twin Reverb", "amp"),
    (r"fender", "Fender", None, None),
    (r"jcm ?2000", "Marshall", "JCM2000", "amp"),
    (r"jcm ?900(?:50)?", "Marshall", "JCM900", "amp"),
    (r"jcm ?800", "Marshall", "JCM800", "amp"),
    (r"jvm", "Marshall", "JVM", "amp"),
    (r"marshall", "Marshall", None, None),
    (r"mesa (?:boogie )?studio ?22", "Mesa/Boogie", "Studio .22", "amp"),
    (r"mesa (?:boogie )?ii ?c ?(?:plus|\+)", "Mesa/Boogie", "Mark IIC+", "amp"),
    (r"mesa (?:boogie )?mark ?5", "Mesa/Boogie", "Mark Five", "amp"),
    (r"mesa (?:boogie )?mk ?2b", "Mesa/Boogie", "Mark IIB", "amp"),
    (r"mesa mark ?iv", "Mesa/Boogie", "Mark IV", "amp"),
    (r"mesa mini rec", "Mesa/Boogie", "Mini Rectifier", "amp"),
    (r"mesa(?: boogie)?", "Mesa/Boogie", None, "amp"),
    (r"ht ?40", "Blackstar", "HT-40", "amp"),
    (r"ht ?5", "Blackstar", "HT-5", "amp"),
    (r"ht ?1(?: ht ?1\d)?", "Blackstar", "HT-1", "amp"),
    (r"blackstar", "Blackstar", None, "amp"),
    (r"ethos", None, "Ethos", None),
    (r"dirty ?shirley ?mini|friedman dsm", "Friedman", "Dirty Shirley Mini", "amp"),
    (r"dirty ?shirley(?:crunch)?", "Friedman", "Dirty Shirley", "amp"),
    (r"friedman small ?box", "Friedman", "Small Box", "amp"),
    (r"revv g ?4", "Revv", "G4", None),
    (r"(?:victory|v ?4) countess", "Victory", "Countess", "amp"),
    (r"matchless sc ?30", "Matchless", "SC-30", "amp"),
    (r"soldano", "Soldano", None, "amp"),
    (r"splawn pro mod", "Splawn", "Pro Mod", "amp"),
    (r"magnatone super 59(?: mk ?ii)?", "Magnatone", "Super Fifty-Nine", "amp"),
    (r"jet city", "Jet City", None, "amp"),
    (r"dumble", None, "Dumble", "amp"),
    (r"ceriatone king kong", "Ceriatone", "King Kong", "amp"),
    (r"ceriatone molecular(?: 50)?", "Ceriatone", "Molecular 50", "amp"),
    (r"driftwood (?:purple )?nightmare", "Driftwood", "Purple Nightmare", "amp"),
    (r"bugera ?1990|bug ?1990", "Bugera", "1990", "amp"),
    (r"bugera ?333|bug ?333", "Bugera", "333", "amp"),
    (r"bugera ?6262|bug ?6262", "Bugera", "6262", "amp"),
    (r"laney ?gh ?100 ?s?", "Laney", "GH100S", "amp"),
    (r"sovtek ?mig ?50", "Sovtek", "MIG-50", "amp"),
    (r"ksr ceres", "KSR", "Ceres", None),
    (r"ksr vesta", "KSR", "Vesta", None),
    (r"yerasov meshuggah", "Yerasov", "Meshuggah", "amp"),
    (r"engl savage", "Engl", "Savage", "amp"),
    (r"engl e ?530", "Engl", "E530", "amp"),
    (r"supro", "Supro", None, "amp"),
    (r"vox ac ?30", "Vox", "AC30", "amp"),
    (r"vox ?ac ?15", "Vox", "AC15", "amp"),
    (r"vox", "Vox", None, None),
    (r"orange", "Orange", None, None),
    (r"6505 ?(?:plus)?", "Peavey", "6505", "amp"),
    (r"6534 ?(?:\+|plus)?", "Peavey", "6534+", "amp"),
    (r"5150 ?block ?letter", "Peavey", "5150", "amp"),
    (r"jsx", "Peavey", "JSX", "amp"),
    (r"peavey", "Peavey", None, None),
    (r"hiwatt", "Hiwatt", None, "amp"),
    (r"diezel", "Diezel", None, "amp"),
    (r"bogner ecstasy", "Bogner", "Ecstasy", "amp"),
    (r"bogner", "Bogner", None, "amp"),
    (r"roland jc ?120", "Roland", "JC-120", "amp"),
)
_GAIN: tuple[tuple[str, GainClass], ...] = (
    (r"clean", "clean"),
    (r"crunch(?:y)?(?! ?box)", "crunch"),
    (r"over ?drive(?:n)?", "overdrive"),
    (r"(?:high|hi) ?g(?:ain)?|lead", "high gain"),
    (r"distortion(?! ?(?:ds|gen))", "distortion"),
    (r"fuzz", "fuzz"),
)
_TONE: tuple[tuple[str, str], ...] = (
    (r"bright|br", "bright"),
    (r"dark", "dark"),
    (r"warm", "warm"),
    (r"vintage", "vintage"),
    (r"(?:805'd|boosted)", "boosted"),
    (r"pushed", "pushed"),
    (r"driven", "driven"),
    (r"dirty(?! ?(?:tree|shirley))", "dirty"),
    (r"gainy", "gainy"),
    (r"nasty", "nasty"),
    (r"low ?gain", "low gain"),
    (r"(?:med|mid|medium) ?gain", "medium gain"),
    (r"max ?g(?:ain)?|max'd", "maximum gain"),
)
_KNOB = re.compile(r"[A-Za-z0-9]{1,20}@[^_\s]*")  # a knob's position, as in Overdrive@5, says nothing of gain
_WORD = re.compile(
    r"[A-Z]{2,}(?=[A-Z][a-z]{2})|[A-Z]?[a-z']+|[A-Z]+(?![a-z])|[A-Z]|\d+'?[a-z]?(?![a-z])|\d+|\+"
)


def facts_from_name(name: str) -> NameFacts:
    """What ``name`` (a file's, without its ending) says of the device.

    >>> facts_from_name("BossMetalZoneMt2_highGain")
    NameFacts(make='Boss', model='MT-2', kind='pedal', gain_class='high gain', tone=())
    """
    words = " ".join(_WORD.findall(_KNOB.sub(" ", name[:200]))).lower()
    make, model, kind = _device(words.partition(" + ")[0])
    stated = {kind for kind in ("amp", "pedal") if _says(kind, words)}
    gains = {gain for pattern, gain in _GAIN if _says(pattern, words)}
    return NameFacts(
        make=make,
        model=model,
        kind=kind if model and kind else stated.pop() if len(stated) == 1 else kind,
        gain_class=gains.pop() if len(gains) == 1 else None,
        tone=tuple(word for pattern, word in _TONE if _says(pattern, words)),
    )


def device_from_text(text: str) -> tuple[str | None, str | None]:
    """Make and model in a person's words; words of no known make are all model.

    >>> device_from_text("Fender Vibrolux"), device_from_text("my own fuzz")
    (('Fender', 'Vibrolux'), (None, 'my own fuzz'))
    """
    text = text.strip()
    makes = sorted({row[1] for row in _DEVICES if row[1]}, key=len, reverse=True)
    for make in makes:
        if text.lower().startswith(make.lower()) and not text[len(make) : len(make) + 1].isalnum():
            return make, text[len(make) :].strip() or None
    known = facts_from_name(text)
    return (known.make, known.model) if known.make and known.model else (None, text or None)


def _device(words: str) -> tuple[str | None, str | None, str | None]:
    """Make, model and kind; of a pedal in front of an amp, the amp."""
    found = [row[1:] for row in _DEVICES if _says(row[0], words)]
    amps = [row for row in found if row[2] == "amp"]
    if not found:
        return None, None, None
    make, model, kind = (amps or found)[0]
    if amps and any(row[2] == "pedal" and row[1] for row in found):
        kind = "pedal_amp"
    if _says("clone", words) and model:
        make, model = None, f"{model} clone"
    return make, model, kind


def _says(pattern: str, words: str) -> bool:
    return re.search(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])", words) is not None
