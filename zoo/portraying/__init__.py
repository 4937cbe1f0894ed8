"""`zoo report`: one page for one model: to hear beside its device, where it is wrong, what it does to a tone.

Without a capture there is no device to hold it against; what then is left says so.
"""

from __future__ import annotations

from registry import Registry
from zoo.metrics import to_db
from zoo.portraying.chapters import alone, known, learnt, wrong
from zoo.portraying.hearing import heard
from zoo.portraying.subject import Subject, subject_of
from zoo.portraying.versions import beside
from zoo.portraying.zooms import zooms
from zoo.reports.page import page

__all__ = ["Subject", "portrait", "subject_of"]

FOOT = (
    "All recordings but the differences are equally loud (ITU-R BS.1770). This page is one file and loads "
    "nothing."
)


def portrait(subject: Subject, registry: Registry) -> str:
    """The page, a whole HTML document; the same model, capture and zoo give the same bytes."""
    body = [heard(subject)]
    if subject.versions:
        body.append(beside(subject))
    if subject.wet is not None:
        body += [wrong(subject), *zooms(subject)]
    body.append(alone(subject))
    if drawn := learnt(subject):
        body.append(drawn)
    body.append(known(subject, registry))
    name = subject.manifest.name if subject.manifest else subject.name
    return page(name, *body, lead=_lead(subject), foot=FOOT)


def _lead(subject: Subject) -> str:
    network = f"{subject.model.architecture} at {subject.model.sample_rate} Hz"
    if subject.esr is None:
        return (
            f"{network}. No capture was given, so this page shows what the model does, not how like its "
            "device it is."
        )
    what = f"{network}, held against a recording of the device: "
    if subject.esr <= 0.0:
        return f"{what}no difference at all."
    return f"{what}ESR {subject.esr:.2g}, the error is {-to_db(subject.esr):.0f} dB below the sound."
