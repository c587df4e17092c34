"""Words, numbers and dates in the language of the reader, from the catalogues in `locale/`.

A message key is the English sentence with ``{named}`` fields. ``{n:case|cases}`` writes the first word when n is 1,
else the second. Facts are formatted by their type: numbers by the locale, dates (also as ISO text) as days, codes of
the code lists by their translation, zones by their name and levels by the protocol's word for them.
"""

import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from importlib import resources
from string import Formatter
from typing import Any, Literal, TypeGuard

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po
from babel.numbers import format_compact_decimal, format_decimal, format_percent, get_currency_name

from douse.outputs.vocabulary import CODES
from douse.records.measure import Because

LANGUAGES = {"en": "en_GB", "zh": "zh_Hans_CN"}
# The Chinese for "there is no figure" is the same dash.
UNKNOWN = "–"
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# Codes whose English is not simply the code with blanks.
_ENGLISH = {
    "central": "central quarantine",
    "all_cases": "what all cases tell",
    "all_delays": "delays of all cases",
    "another_case": "one of the other cases",
    "case_exposure": "days of exposure",
    "case_found": "day the case was found",
    "case_onset": "onset of the case",
    "case_quarantine": "quarantine of the case",
    "evidence_age": "age of the infector",
    "evidence_ages": "ages of the two",
    "evidence_after": "cases after the infector",
    "evidence_before": "cases before the infector",
    "evidence_cluster": "cluster",
    "evidence_contacts_found": "contacts found",
    "evidence_distance": "distance",
    "evidence_documented": "how much is on record",
    "evidence_found": "how the infector was found",
    "evidence_number": "place in the register",
    "evidence_place": "shared place",
    "evidence_told": "days between reports",
    "evidence_visited": "visits to the other's zone",
    "evidence_zone": "zone",
    "infector_found": "day the infector was found",
    "infector_isolation": "isolation of the infector",
    "infector_onset": "onset of the infector",
    "origin_of_case": "origin of the case",
    "shared_daytime_place": "school or workplace",
    "unknown_infector": "somebody unknown",
    "close": "close contact",
    "secondary": "contact of a contact",
    "general": "general contact",
    "hospital_bed": "hospital beds",
    "icu": "intensive care",
    "icu_bed": "intensive-care beds",
    "icu_beds": "intensive-care beds",
    "inform": "advice only",
    "n95": "N95 mask",
    "new_cases": "new cases, expected",
    "not_yet_recorded": "infector not recorded yet",
    "pcr": "PCR",
    "quarantine_room": "quarantine rooms",
    "requests_late": "hours that requests wait beyond their time",
    "shelter_bed": "shelter-hospital beds",
    "unmet_birth": "births without help in time",
    "unmet_dependant_care": "dependants not cared for in time",
    "unmet_dialysis": "dialysis not in time",
    "unmet_food": "food not brought in time",
    "unmet_medical_visit": "medical visits not in time",
    "unmet_medicine": "medicine not brought in time",
    "unmet_other": "other requests not met in time",
    "ears_c1": "EARS C1",
    "ears_c2": "EARS C2",
    "ears_c3": "EARS C3",
    "ears": "EARS",
    "shiryaev_roberts": "Shiryaev-Roberts",
    "farrington": "Farrington",
    "farrington_flexible": "Farrington flexible",
    "cusum": "CUSUM",
    "glr_poisson": "GLR Poisson",
    "glr_nb": "GLR negative binomial",
    "outbreak_p": "outbreakP",
    "rki": "RKI",
    "bayes": "Bayes",
    "scan": "space-time scan",
    "importation": "imports",
}


_PEOPLE = ("who", "author")  # fields that name somebody


class Words:
    """Everything that a page says, in one language.

    Parameters
    ----------
    language : str
        ``en`` or ``zh``; a language that is not there reads as English.
    levels : Mapping[str, str], optional
        Level -> the protocol's name for it, in that language.
    zones : Mapping[str, str], optional
        Zone -> its name.
    """

    def __init__(
        self, language: str, *, levels: Mapping[str, str] | None = None, zones: Mapping[str, str] | None = None
    ) -> None:
        self.language = language if language in LANGUAGES else "en"
        self.locale = Locale.parse(LANGUAGES[self.language])
        self._levels: Mapping[str, str] = levels or {}
        self._zones: Mapping[str, str] = zones or {}  # not copied: they may be many, and every page is given words
        self._catalogue = catalogue(self.language)
        self._sentences = _Sentences(self)

    def say(self, key: str, /, **facts: object) -> str:
        """The sentence of a key, its fields filled in.

        A sentence whose fields are not all given keeps the field in braces: a page never fails over a word.
        """
        sentence = self._catalogue.get(key, key)
        return self._sentences.vformat(sentence, (), facts) if "{" in sentence or "}" in sentence else sentence

    def translated(self, text: str) -> str:
        """A text in the reader's language where the catalogue has it, else as it is; braces in it stay braces."""
        return self._catalogue.get(text, text)

    def because(self, because: Because) -> str:
        """The sentence of a reason."""
        return self.say(because.key, **because.facts)

    def code(self, code: str | None) -> str:
        """The words for a code."""
        if code is None:
            return UNKNOWN
        if self.language == "en":
            return _ENGLISH.get(code, code.replace("_", " "))
        return self._catalogue.get(code, code.replace("_", " "))

    def label(self, code: str | None) -> str:
        """The words for a code as a label, with a capital."""
        words = self.code(code)
        return words[:1].upper() + words[1:]

    def level(self, level: str | None) -> str:
        """The protocol's name of a level."""
        return self._levels.get(level, self.code(level)) if level else UNKNOWN

    def zone(self, zone: str | None) -> str:
        """The name of a zone."""
        return self._zones.get(zone, zone) if zone else UNKNOWN

    def number(self, value: float | None, digits: int = 0) -> str:
        """A number with so many decimals."""
        if not _is_finite(value):
            return UNKNOWN
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        # Round half up by hand: -0 and 1e-17 read as 0.
        rounded = round(value, digits) + 0.0
        return format_decimal(rounded, format=pattern, locale=self.locale)

    def brief(self, value: float | None) -> str:
        """A number with one decimal where it needs one."""
        return self.number(value, 0 if value is None or value == round(value) else 1)

    def large(self, value: float | None) -> str:
        """A number of any size in few characters: 950, 12,300, 1.2 million."""
        if not _is_finite(value):
            return UNKNOWN
        if abs(value) < 1_000_000:
            return self.number(_three_digits(value) if abs(value) >= 1000 else value)
        form: Literal["long", "short"] = (
            "long" if self.language == "en" else "short"
        )  # zh has its units in the short form
        return format_compact_decimal(_three_digits(value), format_type=form, locale=self.locale, fraction_digits=1)

    def share(self, value: float | None) -> str:
        """A share from 0 to 1 as per cent."""
        if not _is_finite(value):
            return UNKNOWN
        # 99.96% must not read as 100%, nor 0.04% as 0%.
        near_end = 0 < value < 0.01 or 0.99 < value < 1
        return format_percent(value, format="#,##0.#%" if near_end else "#,##0%", locale=self.locale)

    def money(self, amount: float | None, currency: str) -> str:
        """An amount of money, to three digits."""
        if not _is_finite(amount):
            return UNKNOWN
        if self.language == "zh":
            return f"{self.large(amount)}{get_currency_name(currency, locale=self.locale)}"
        return f"{currency} {self.large(amount)}"

    def day(self, day: date | None) -> str:
        """A day with its year."""
        return _day_said(day, self.language) if day else UNKNOWN

    def short_day(self, day: date | None) -> str:
        """A day without its year."""
        return format_date(day, "d MMM" if self.language == "en" else "M月d日", locale=self.locale) if day else UNKNOWN

    def moment(self, moment: datetime | None) -> str:
        """A day and time, without the year."""
        pattern = "d MMM, HH:mm" if self.language == "en" else "M月d日 HH:mm"
        return format_datetime(moment, pattern, locale=self.locale) if moment else UNKNOWN

    def fact(self, name: str, value: object) -> str:
        """A fact of a sentence as it reads in it: `who` and `author` name somebody, who may be called like a code."""
        if value is None:
            return UNKNOWN
        if name in _PEOPLE:
            return str(value)
        if isinstance(value, date):  # a datetime is one too
            return self.moment(value) if isinstance(value, datetime) else self.day(value)
        if isinstance(value, (int, float)):
            return self._number_fact(name, float(value))
        return self._text_fact(str(value))

    def _text_fact(self, text: str) -> str:
        if _ISO_DAY.fullmatch(text):
            return self.day(date.fromisoformat(text))
        if text in self._levels:
            return self._levels[text]
        return self._zones.get(text) or (self.code(text) if text in CODES else text)

    def _number_fact(self, name: str, value: float) -> str:
        if name == "share" or name.endswith("_share"):
            return self.share(value)
        whole = abs(value) >= 100 or value == round(value)
        return self.number(value, 0 if whole else 1)


class _Sentences(Formatter):
    """Fill in fields; a field that is not given stays in braces."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        del args  # sentences have named fields only
        name = str(key)
        return _Fact(name, kwargs[name]) if name in kwargs else _Fact(name, f"{{{name}}}")

    def format_field(self, value: Any, format_spec: str) -> str:
        if "|" in format_spec:
            one, many = format_spec.split("|")
            return one if value.value == 1 else many
        return self._words.fact(value.name, value.value)


class _Fact:
    def __init__(self, name: str, value: object) -> None:
        self.name, self.value = name, value


@cache
def catalogue(language: str) -> dict[str, str]:
    """Message key -> translation; empty for English, whose keys are its sentences."""
    path = resources.files("douse.outputs").joinpath("locale", language, "LC_MESSAGES", "douse.po")
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        messages = read_po(file)
    return {str(m.id): str(m.string) for m in messages if m.id and m.string and not m.fuzzy}


@lru_cache(maxsize=4_000)
def _day_said(day: date, language: str) -> str:
    return format_date(day, "d MMM y" if language == "en" else "long", locale=LANGUAGES[language])


def _is_finite(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)


def _three_digits(value: float) -> float:
    if value == 0:
        return 0.0
    return round(value, 2 - math.floor(math.log10(abs(value))))
